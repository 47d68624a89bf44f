using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing.Polling;
using Llumnix.WebConsole.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Live;

/// <summary>The console of a running scheduler: what it shows is what the admin API says at that moment.</summary>
public sealed class LiveConsoleTests(Chromium chromium)
{
    [Fact]
    public async Task Fleet_EveryRow_IsWhatTheApiSays()
    {
        await using LiveScheduler scheduler = await LiveScheduler.StartAsync(8);
        scheduler.Place("r1");
        scheduler.Place("r2");
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(scheduler.Console, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        await Expect(console.Rows).ToHaveCountAsync(8);
        FleetAnswer fleet = await scheduler.AskAsync("/admin/fleet", AdminJsonContext.Default.FleetAnswer);
        Assert.Equal(2, fleet.InFlight);
        foreach (FleetInstance instance in fleet.Instances)
        {
            ILocator row = console.Page.Locator($"[data-id={instance.Id}]");
            string[] expected = ConsoleText.Cells(instance);
            await Eventually.TrueAsync(async () => (await ConsolePage.CellsAsync(row)).Take(expected.Length).SequenceEqual(expected));
        }

        await Expect(console.Page.Locator("#fleet-summary")).ToHaveTextAsync("8 instances, 8 ok; 2 in flight; full mode, policy load-balance");
        await console.ScreenshotAsync("live-fleet");
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Decision_Clicked_IsExplainedAsTheApiExplainsIt()
    {
        await using LiveScheduler scheduler = await LiveScheduler.StartAsync(4);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(scheduler.Console, "decisions");
        scheduler.Place("first");
        scheduler.Place("second");
        await Expect(console.Rows).ToHaveCountAsync(2);
        DecisionsAnswer decisions = await scheduler.AskAsync("/admin/decisions", AdminJsonContext.Default.DecisionsAnswer);
        RecordedDecision decision = decisions.Decisions.Single(static one => one.RequestId == "first");
        ILocator row = console.Rows.Filter(new() { HasText = "first" });
        IReadOnlyList<string> cells = await ConsolePage.CellsAsync(row);
        Assert.Equal(
            [decision.RequestId, decision.Role, decision.Outcome, decision.InstanceId, decision.RunnerUpId, ConsoleText.Number(decision.PromptTokens)], cells.Skip(1).Take(6));
        // The runner-up has a column of its own.
        Assert.Equal(decision.Why.Replace($"runner-up {decision.RunnerUpId}", "runner-up", StringComparison.Ordinal), cells[^1]);

        await row.ClickAsync();
        await Expect(console.Dialog.Locator("#decision-why")).ToHaveTextAsync(decision.Why);
        foreach (RecordedMetric metric in decision.Metrics)
        {
            await Expect(console.Dialog.Locator("tbody tr").Filter(new() { HasText = metric.Name })).ToContainTextAsync(ConsoleText.Number((long)metric.Value));
        }

        DecisionAnswer answer = await scheduler.AskAsync($"/admin/decisions/{decision.Sequence}", AdminJsonContext.Default.DecisionAnswer);
        ExplainedRole role = Assert.Single(answer.Now);
        ILocator candidates = console.Dialog.Locator(".virtual-body [role=row]:visible");
        await Expect(candidates).ToHaveCountAsync(role.Candidates.Count);
        foreach (ExplainedCandidate candidate in role.Candidates)
        {
            ILocator shown = candidates.Filter(new() { HasText = candidate.InstanceId });
            Assert.All(
                candidate.Metrics,
                metric => Assert.Contains(ConsoleText.Number((long)metric.Value), ConsolePage.CellsAsync(shown).GetAwaiter().GetResult()));
        }

        await console.ScreenshotAsync("live-decision");
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task SettingsAndTargets_AreWhatTheApiSays()
    {
        await using LiveScheduler scheduler = await LiveScheduler.StartAsync(2);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(scheduler.Console, "settings");
        SettingsAnswer settings = await scheduler.AskAsync("/admin/settings", AdminJsonContext.Default.SettingsAnswer);
        Assert.NotEmpty(settings.Options);
        await Expect(console.Page.Locator("dl")).ToContainTextAsync(settings.Version);
        await Expect(console.Page.GetByText($"{settings.Options.Count} of {settings.Options.Count} options")).ToBeVisibleAsync();
        foreach (EffectiveSetting option in settings.Options)
        {
            ILocator row = console.Page.Locator("main tbody tr").Filter(new() { Has = console.Page.GetByText($"--{option.Flag}", new() { Exact = true }) }).First;
            await Expect(row.Locator("td").Nth(0)).ToHaveTextAsync(option.Value.Length == 0 ? "\"\"" : option.Value);
            await Expect(row.Locator("td").Nth(2)).ToHaveTextAsync(option.Source);
        }

        await Expect(console.Page.Locator("main")).Not.ToContainTextAsync(LiveScheduler.HiddenToken);
        await console.ScreenshotAsync("live-settings");

        scheduler.Place("r1");
        scheduler.Place("r2");
        scheduler.Place("r3");
        await console.GoAsync(scheduler.Console, "targets");
        await Expect(console.Page.Locator("#targets-summary")).ToHaveTextAsync("no targets set; 3 requests, 0 refused, 0 held, 0 retries");
        TargetsAnswer targets = await scheduler.AskAsync("/admin/targets", AdminJsonContext.Default.TargetsAnswer);
        Assert.Equal(3, targets.Intervals.Sum(static interval => interval.Requests));
        await console.ScreenshotAsync("live-targets");
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task Engine_ThatCrashes_TurnsRed()
    {
        await using LiveScheduler scheduler = await LiveScheduler.StartAsync(4);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(scheduler.Console, "fleet");
        await Expect(console.Rows).ToHaveCountAsync(4);
        string id = WrittenFleet.IdOf(2);
        scheduler.Fleet.Silence(id);
        ILocator row = console.Page.Locator($"[data-id={id}]");
        await Expect(row).ToContainTextAsync("unreachable", new() { Timeout = 60_000 });
        Assert.Equal("rgb(214, 64, 59)", await row.Locator(".swatch").EvaluateAsync<string>("swatch => getComputedStyle(swatch).backgroundColor"));
        await Expect(row).ToContainTextAsync("nothing answers at its address");
        await Expect(console.Page.Locator("#fleet-summary")).ToContainTextAsync("3 ok, 1 unreachable");
        console.ExpectNoProblems();
    }

    [Fact]
    public async Task ThousandInstances_EveryView_WorksAndIsAccessible()
    {
        await using LiveScheduler scheduler = await LiveScheduler.StartAsync(1_000);
        await using ConsolePage console = await chromium.OpenAsync();
        await console.GoAsync(scheduler.Console, "fleet");
        await Expect(console.Page.Locator("#fleet-summary")).ToContainTextAsync("1,000 instances, 1,000 ok; ", new() { Timeout = 30_000 });
        await console.Page.GetByLabel("Group by").SelectOptionAsync("unit");
        await console.Page.GetByLabel("Colour by").SelectOptionAsync("kv");
        await Expect(console.Page.Locator(".group-heading:visible").First).ToContainTextAsync("unit-0: 40 instances");
        await console.Page.GetByRole(AriaRole.Grid, new() { Name = "Instances" }).FocusAsync();
        await console.Page.Keyboard.PressAsync("End");
        ILocator last = console.Page.Locator($"[data-id={WrittenFleet.IdOf(999)}]");
        await Expect(last).ToHaveAttributeAsync("aria-selected", "true");
        FleetAnswer fleet = await scheduler.AskAsync("/admin/fleet", AdminJsonContext.Default.FleetAnswer);
        string[] expected = ConsoleText.Cells(fleet.Instances.Single(static instance => instance.Id == WrittenFleet.IdOf(999)));
        Assert.Equal(expected, (await ConsolePage.CellsAsync(last)).Take(expected.Length));
        await VisitAsync("fleet");

        scheduler.Place("one of many");
        await console.GoAsync(scheduler.Console, "decisions");
        await console.Rows.Filter(new() { HasText = "one of many" }).ClickAsync();
        await Expect(console.Dialog.GetByRole(AriaRole.Grid, new() { Name = "Candidates for the role neutral" })).ToHaveAttributeAsync("aria-rowcount", "1001");
        await VisitAsync("decision");
        await console.Page.Keyboard.PressAsync("Escape");
        foreach (string view in (string[])["decisions", "migrations", "targets", "settings"])
        {
            await console.GoAsync(scheduler.Console, view);
            await Expect(console.Page.Locator("nav [aria-current=page]")).ToHaveTextAsync(char.ToUpperInvariant(view[0]) + view[1..]);
            await VisitAsync(view);
        }

        async Task VisitAsync(string view)
        {
            await console.ScreenshotAsync($"live-1000-{view}");
            await console.ExpectAccessibleAsync();
            console.ExpectNoProblems();
        }
    }
}
