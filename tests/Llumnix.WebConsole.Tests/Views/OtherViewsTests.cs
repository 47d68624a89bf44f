using Llumnix.Server.AdminApi;
using Llumnix.WebConsole.Tests.Browser;
using Llumnix.WebConsole.Tests.ScriptedApi;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Views;

/// <summary>Migrations and drains, targets and settings.</summary>
public sealed class OtherViewsTests(Chromium chromium)
{
    [Fact]
    public async Task Migrations_ChangedOne_ReplacesItself_AndDrainsEnd()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(6),
            more: ScriptedAdmin.Event("migrations", new(2, [Samples.Migration(2, "planned"), Samples.Migration(1, "dropped")], [Samples.Drain]), AdminJsonContext.Default.MigrationsEvent));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "migrations");
        ILocator migrations = console.Page.GetByRole(AriaRole.Grid, new() { Name = "Migrations" }).Locator(".virtual-body [role=row]:visible");
        ILocator drains = console.Page.GetByRole(AriaRole.Grid, new() { Name = "Drains" });
        await Expect(migrations).ToHaveCountAsync(2);
        await Expect(drains.Locator(".virtual-body [role=row]:visible")).ToContainTextAsync("engine-5");
        await Expect(console.Page.Locator("#migrations-summary")).ToHaveTextAsync("2 newest: 1 planned, 1 dropped");

        admin.Send("migrations", new(2, [Samples.Migration(2, "migrated")], []), AdminJsonContext.Default.MigrationsEvent);
        await Expect(console.Page.Locator("#migrations-summary")).ToHaveTextAsync("2 newest: 1 dropped, 1 migrated");
        await Expect(drains).ToBeHiddenAsync();
        await console.Page.GetByLabel("State").SelectOptionAsync("migrated");
        await Expect(migrations).ToHaveCountAsync(1);
        Assert.Equal(
            ["migrated", "decode load", "engine-1", "engine-3", "2 requests, longest running first", "84 ms", "decode load 30 against 4", "2 requests"],
            (await ConsolePage.CellsAsync(migrations)).Skip(1).Take(8));
        await console.Page.SetViewportSizeAsync(1280, 800);
        await console.ExpectNothingBesideAsync("Migrations");
        await migrations.ClickAsync();
        await Expect(console.Dialog.GetByText("decode load 30 against 4")).ToBeVisibleAsync();
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Targets_Intervals_AreShownInChartsAndAsATable()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(2), more: [.. Enumerable.Range(0, 3).Select(static index => ScriptedAdmin.Event("targets", Samples.Interval(index), AdminJsonContext.Default.TargetsInterval))]);
        admin.Answer("targets", new(500, 40, 5_000, []), AdminJsonContext.Default.TargetsAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "targets");
        await Expect(console.Page.Locator("#targets-summary")).ToHaveTextAsync("TTFT within 500 ms, TPOT within 40 ms; 600 requests, 18 refused, 12 held, 6 retries");
        await Expect(console.Page.GetByRole(AriaRole.Img, new() { Name = "Share of requests within the target. Newest values: TTFT 97 %, TPOT 99 %." })).ToBeVisibleAsync();
        await Expect(console.Page.GetByRole(AriaRole.Img, new() { NameRegex = new("^TTFT. Newest values: observed p50 80 ms, .* target 500 ms.$") })).ToBeVisibleAsync();

        // The interval that is not over is told again with more in it.
        admin.Send("targets", Samples.Interval(2) with { Requests = 300, Retries = 9 }, AdminJsonContext.Default.TargetsInterval);
        await Expect(console.Page.Locator("#targets-summary")).ToContainTextAsync("700 requests, 18 refused, 12 held, 13 retries");
        await console.Page.GetByText("The newest intervals as a table").ClickAsync();
        await Expect(console.Page.Locator("details tbody tr")).ToHaveCountAsync(3);
        await Expect(console.Page.Locator("details tbody tr").First).ToContainTextAsync("6 no available endpoint");
        console.ExpectNoProblems();
    }

    [Theory]
    [InlineData(false, "none: this scheduler plans no migrations; --enable-rescheduling does")]
    [InlineData(true, "none so far")]
    public async Task Migrations_None_SaysWhy(bool isEnabled, string expected)
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        admin.Answer("migrations", new(isEnabled, 1_000, 0, [], []), AdminJsonContext.Default.MigrationsAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "migrations");
        await Expect(console.Page.Locator("#migrations-summary")).ToHaveTextAsync(expected);
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Targets_WithoutAny_SaysWhereTheyComeFrom_AndShowsNoEmptyChart()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2), more: ScriptedAdmin.Event("targets", Samples.Interval(0), AdminJsonContext.Default.TargetsInterval));
        admin.Answer("targets", new(null, null, 5_000, []), AdminJsonContext.Default.TargetsAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "targets");
        await Expect(console.Page.Locator("#targets-hint")).ToContainTextAsync("--ttft-slo");
        await Expect(console.Page.GetByRole(AriaRole.Img)).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Settings_WithoutOptions_SaysWhy()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        admin.Answer("settings", Samples.Settings() with { Options = [], Status = new(true, "", "", null, null, []) }, AdminJsonContext.Default.SettingsAnswer);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "settings");
        await Expect(console.Page.GetByText("No options are listed")).ToBeVisibleAsync();
        await Expect(console.Page.Locator("dl")).ToContainTextAsync("the only scheduler");
        await Expect(console.Page.Locator("dl")).Not.ToContainTextAsync("Leader");
    }

    [Fact]
    public async Task Settings_Options_AreFoundByTextAndBySource()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "settings");
        ILocator rows = console.Page.Locator("main tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(console.Page.GetByText("--a has no effect without --b")).ToBeVisibleAsync();
        await Expect(console.Page.Locator("dl")).ToContainTextAsync("10.0.0.2:8103");
        await console.Page.GetByLabel("only those that are set").CheckAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("LLUMNIX_SCHEDULER_SERVICE_TOKEN");
        await console.Page.GetByLabel("only those that are set").UncheckAsync();
        await console.Page.GetByLabel("Find").FillAsync("listen");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("--port");
        console.ExpectNoProblems();
    }
}
