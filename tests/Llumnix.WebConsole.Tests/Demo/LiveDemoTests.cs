using System.Globalization;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing.Polling;
using Llumnix.WebConsole.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>The console of a fleet that serves clients and migrates their requests.</summary>
public sealed class LiveDemoTests(Chromium chromium)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UnderLoad_EveryView_ShowsWhatHappens(bool isDark)
    {
        await using LiveDemo demo = await LiveDemo.StartAsync();
        await using ConsolePage console = await chromium.OpenAsync(isDark, Pictures.Size);
        await using DemoLoad load = demo.StartLoad();
        await demo.OpenAsync(console, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        await Expect(console.Rows).ToHaveCountAsync(LiveDemo.Engines);
        await Eventually.TrueAsync(async () => (await demo.MigrationsAsync()).Any(static migration => migration.State == "migrated"));
        await FleetComparison.ExpectEqualAsync(console, demo);
        await Eventually.TrueAsync(
            async () => (await demo.AskAsync("/admin/targets", AdminJsonContext.Default.TargetsAnswer)).Intervals.Count >= Pictures.Intervals,
            TimeSpan.FromMinutes(4));
        await VisitAsync(console, "fleet", isDark);

        await demo.GoAsync(console, "decisions");
        await Expect(console.Rows.First).ToContainTextAsync("placed");
        await VisitAsync(console, "decisions", isDark);
        await console.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await console.Rows.First.ClickAsync();
        await Expect(console.Dialog.GetByText("The same request now")).ToBeVisibleAsync();
        await VisitAsync(console, "decision", isDark);
        await console.Page.Keyboard.PressAsync("Escape");

        await demo.GoAsync(console, "migrations");
        await console.Page.GetByLabel("State").SelectOptionAsync("migrated");
        await Expect(console.Rows.First).ToContainTextAsync("migrated");
        await VisitAsync(console, "migrations", isDark);

        await demo.GoAsync(console, "targets");
        await Expect(console.Page.Locator(".chart canvas")).ToHaveCountAsync(4);
        await Expect(console.Page.Locator("#targets-summary")).ToContainTextAsync("TTFT within 500 ms, TPOT within 100 ms; ");
        await ExpectTotalBetweenAsync(console, demo);
        await VisitAsync(console, "targets", isDark);

        await demo.GoAsync(console, "settings");
        await Expect(console.Page.Locator("main tbody tr").First).ToBeVisibleAsync();
        await VisitAsync(console, "settings", isDark);
        await Expect(console.Page.Locator("main")).Not.ToContainTextAsync(LiveDemo.Token);
        Assert.NotEqual(0, load.Statistics.ToResult().Completed);
    }

    /// <summary>With the load over, numbers stand still: those of the page, of the admin API and of /metrics are the same.</summary>
    [Fact]
    public async Task AfterLoad_Numbers_AreThoseOfTheMetrics()
    {
        await using LiveDemo demo = await LiveDemo.StartAsync();
        await using ConsolePage console = await chromium.OpenAsync();
        await demo.OpenAsync(console, "migrations");
        await using (demo.StartLoad())
        {
            await Eventually.TrueAsync(async () => (await demo.MigrationsAsync()).Count(static migration => migration.State == "migrated") >= 5);
        }

        MetricsText metrics = await demo.QuietMetricsAsync();
        string[] states = ["migrated", "refused", "failed", "timed_out"];
        double[] outcomes = [.. states.Select(state => metrics.Sum("scheduler_rescheduling_outcomes_total", $"outcome=\"{state}\""))];
        Assert.True(outcomes[0] >= 5);
        IReadOnlyList<RecordedMigration> told = await demo.MigrationsAsync();
        Assert.Equal(outcomes, states.Select(state => (double)told.Count(migration => migration.State == state)));
        foreach ((string state, double count) in states.Zip(outcomes).Where(static one => one.Second > 0))
        {
            await Expect(console.Page.Locator("#migrations-summary")).ToContainTextAsync(string.Create(CultureInfo.InvariantCulture, $"{count:N0} {state.Replace('_', ' ')}"));
        }

        await demo.GoAsync(console, "targets");
        await Expect(console.Page.Locator("#targets-summary")).ToContainTextAsync(
            string.Create(CultureInfo.InvariantCulture, $"; {metrics.Sum("scheduler_scheduling_total"):N0} requests, {metrics.Sum("scheduler_scheduling_failed_total"):N0} refused,"));

        // Placements that no engine sees stay in flight, so that the numbers are not all zero.
        demo.Place(21);
        await demo.GoAsync(console, "fleet");
        await console.Page.GetByLabel("Group by").SelectOptionAsync("none");
        await Expect(console.Page.Locator("#fleet-summary")).ToContainTextAsync("; 21 in flight; ");
        Dictionary<string, string[]> rows = [];
        await Eventually.TrueAsync(async () =>
        {
            metrics = await demo.MetricsAsync();
            rows = await console.RowsByIdAsync();
            return metrics.Sum("instance_cms_inflight_dispatch_requests") == 21 && rows.Values.Sum(static cells => int.Parse(cells[9], CultureInfo.InvariantCulture)) == 21;
        });
        Assert.Equal(LiveDemo.Engines, rows.Count);
        Assert.All(rows, row => Assert.Equal(
            ((string[])["running_requests", "waiting_requests", "inflight_dispatch_requests"]).Select(
                name => metrics.Sum($"instance_cms_{name}", $"instance_id=\"{row.Key}\"").ToString("N0", CultureInfo.InvariantCulture)),
            [row.Value[6], row.Value[7], row.Value[9]]));
        console.ExpectNoProblems();
    }

    private static async Task VisitAsync(ConsolePage console, string name, bool isDark)
    {
        await console.ScreenshotAsync($"demo-{name}-{(isDark ? "dark" : "light")}");
        await Pictures.KeepAsync(console, $"console-{name}-{(isDark ? "dark" : "light")}");
        await console.ExpectAccessibleAsync();
        console.ExpectNoProblems();
    }

    /// <summary>A number that only grows is between what the metrics say before and after it is read.</summary>
    private static async Task ExpectTotalBetweenAsync(ConsolePage console, LiveDemo demo)
    {
        double before = (await demo.MetricsAsync()).Sum("scheduler_scheduling_total");
        double shown = 0;
        await Eventually.TrueAsync(async () =>
        {
            string summary = await console.Page.Locator("#targets-summary").InnerTextAsync();
            string requests = summary[(summary.IndexOf(';', StringComparison.Ordinal) + 1)..summary.IndexOf(" requests", StringComparison.Ordinal)];
            return (shown = double.Parse(requests, CultureInfo.InvariantCulture)) >= before;
        });
        Assert.NotEqual(0, before);
        await Eventually.TrueAsync(async () => (await demo.MetricsAsync()).Sum("scheduler_scheduling_total") >= shown);
    }
}
