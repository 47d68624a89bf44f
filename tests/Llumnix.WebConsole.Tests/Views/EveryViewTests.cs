using Llumnix.Server.AdminApi;
using Llumnix.WebConsole.Tests.Browser;
using Llumnix.WebConsole.Tests.ScriptedApi;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Views;

/// <summary>What holds of every view: it shows itself, it is accessible in both themes, and it stays with its server and its policy.</summary>
public sealed class EveryViewTests(Chromium chromium)
{
    public static TheoryData<string, string, bool> Views { get; } =
        new([.. from view in (string[])["fleet", "decisions", "migrations", "targets", "what-if", "settings"]
                from isDark in (bool[])[false, true]
                select new TheoryDataRow<string, string, bool>(view, char.ToUpperInvariant(view[0]) + view[1..].Replace('-', ' '), isDark)]);

    [Theory]
    [MemberData(nameof(Views))]
    public async Task View_Opened_IsShownAccessiblyWithoutErrorsOrOtherRequests(string view, string heading, bool isDark)
    {
        await using ScriptedAdmin admin = await StartAsync();
        await using ConsolePage console = await chromium.OpenAsync(isDark);
        await console.GoAsync(admin.Address, view);
        await Expect(console.Page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true, Level = 1 })).ToBeVisibleAsync();
        await Expect(console.Page.Locator("nav [aria-current=page]")).ToHaveTextAsync(heading);
        await Expect(console.Page.Locator("html")).ToHaveAttributeAsync("data-theme", isDark ? "dark" : "light");
        if (view == "targets")
        {
            await Expect(console.Page.Locator(".chart canvas")).ToHaveCountAsync(4);
        }

        await console.ScreenshotAsync($"{view}-{(isDark ? "dark" : "light")}");
        await console.ExpectAccessibleAsync();
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Views_OneAfterTheOther_ByTheKeyboardAlone()
    {
        await using ScriptedAdmin admin = await StartAsync();
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        foreach (string view in (string[])["Decisions", "Migrations", "Targets", "What if", "Settings", "Fleet"])
        {
            await console.Page.GetByRole(AriaRole.Link, new() { Name = view }).FocusAsync();
            await console.Page.Keyboard.PressAsync("Enter");
            await Expect(console.Page.GetByRole(AriaRole.Heading, new() { Name = view, Level = 1 })).ToBeVisibleAsync();
        }

        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Theme_Chosen_OutlastsTheNextVisit()
    {
        await using ScriptedAdmin admin = await StartAsync();
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(admin.Address, "fleet");
        await console.Page.GetByLabel("Theme").SelectOptionAsync("dark");
        await Expect(console.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await console.Page.ReloadAsync();
        await Expect(console.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        console.ExpectNoProblems();
    }

    private static async Task<ScriptedAdmin> StartAsync()
    {
        ScriptedAdmin admin = await ScriptedAdmin.StartAsync(
            Samples.Fleet(24),
            more:
            [
                ScriptedAdmin.Event("decisions", Samples.Decisions(Samples.Decision(2, "b"), Samples.Decision(1, "a")), AdminJsonContext.Default.DecisionsEvent),
                ScriptedAdmin.Event("migrations", new(3, [Samples.Migration(2, "dropped"), Samples.Migration(1, "migrated")], [Samples.Drain]), AdminJsonContext.Default.MigrationsEvent),
                .. Enumerable.Range(0, 20).Select(static index => ScriptedAdmin.Event("targets", Samples.Interval(index), AdminJsonContext.Default.TargetsInterval)),
            ]);
        admin.Answer("targets", new(500, 40, 5_000, []), AdminJsonContext.Default.TargetsAnswer);
        admin.Answer("what-if", Samples.WhatIf(Samples.WhatIfRun("done", result: Samples.WhatIfResult())), AdminJsonContext.Default.WhatIfAnswer);
        return admin;
    }
}
