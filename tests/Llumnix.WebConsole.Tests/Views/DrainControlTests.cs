using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.WebConsole.Tests.Browser;
using Llumnix.WebConsole.Tests.ScriptedApi;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Views;

/// <summary>Draining an instance from its panel, and how far drains are.</summary>
public sealed class DrainControlTests(Chromium chromium)
{
    private static readonly DrainRow Own = new("instance", "engine-1", "engine-1", 6, 8, false, "6 requests left", 2_000, 4_000);

    [Fact]
    public async Task Operator_DrainsAndEndsIt_AfterAQuestion()
    {
        await using ScriptedAdmin admin = await StartAsync(isOperator: true);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet/engine-1");
        IPage page = console.Page;
        ILocator question = page.GetByRole(AriaRole.Alertdialog);
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true }).ClickAsync();
        await Expect(question).ToContainTextAsync("Drain engine-1?");
        await Expect(question.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToBeFocusedAsync();
        await console.ExpectAccessibleAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(question).ToHaveCountAsync(0);
        Assert.Empty(admin.Changes);

        admin.Answer("migrations", new(false, 1_000, 0, [], [Own]), AdminJsonContext.Default.MigrationsAnswer);
        await page.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true }).ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "Drain" }).ClickAsync();
        await Expect(page.GetByText("draining: 6 requests left")).ToBeVisibleAsync();
        Assert.Equal(("POST", "/admin/drain", """{"instance":"engine-1"}"""), Assert.Single(admin.Changes));

        admin.Answer("migrations", new(false, 1_000, 0, [], []), AdminJsonContext.Default.MigrationsAnswer);
        await page.GetByRole(AriaRole.Button, new() { Name = "End the drain" }).ClickAsync();
        await question.GetByRole(AriaRole.Button, new() { Name = "End the drain" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true })).ToBeVisibleAsync();
        Assert.Equal(("DELETE", "/admin/drain?instance=engine-1", ""), admin.Changes.Last());
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Reader_HasNoButton()
    {
        await using ScriptedAdmin admin = await StartAsync(isOperator: false);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet/engine-1");
        await Expect(console.Dialog.GetByText("10.0.0.2:8000")).ToBeVisibleAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Button, new() { Name = "Drain", Exact = true })).ToHaveCountAsync(0);
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Drains_ShowTheirProgress_AndOpen()
    {
        await using ScriptedAdmin admin = await StartAsync(isOperator: true, ScriptedAdmin.Event("migrations", new(0, [], [Own]), AdminJsonContext.Default.MigrationsEvent));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "migrations");
        ILocator drains = console.Page.GetByRole(AriaRole.Grid, new() { Name = "Drains" });
        await Expect(drains.GetByRole(AriaRole.Progressbar, new() { Name = "25 % of the requests of engine-1 have ended" })).ToHaveJSPropertyAsync("value", 0.25);
        await drains.Locator(".virtual-body [role=row]:visible").ClickAsync();
        await Expect(console.Dialog.Locator("dl")).ToContainTextAsync("6 of 8");
        await Expect(console.Dialog.GetByRole(AriaRole.Button, new() { Name = "End the drain" })).ToBeVisibleAsync();
        await console.ScreenshotAsync("drain");
        console.ExpectNoProblems();
    }

    private static async Task<ScriptedAdmin> StartAsync(bool isOperator, params IReadOnlyList<string> more)
    {
        ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2), more: more);
        admin.Answer("settings", Samples.Settings() with { IsOperator = isOperator }, AdminJsonContext.Default.SettingsAnswer);
        admin.Answer("fleet/history", new("engine-1", 2_000, ["time_ms", "running"], []), AdminJsonContext.Default.FleetHistoryAnswer);
        admin.Answer("drain", new(false, 1_000, 0, [], []), AdminJsonContext.Default.MigrationsAnswer);
        return admin;
    }
}
