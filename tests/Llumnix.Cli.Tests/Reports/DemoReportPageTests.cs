using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;
using Llumnix.Cli.Reports;
using Llumnix.Cli.Tests.Demo;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Workloads;
using Microsoft.Extensions.Time.Testing;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.Cli.Tests.Reports;

/// <summary>The report of a demo: what it has observed, and its page in a browser.</summary>
public sealed class DemoReportPageTests(ReportBrowser browser) : IClassFixture<ReportBrowser>
{
    private static readonly DemoSettings Settings = new(
        "load-balance", 2, SchedulingMode.Neutral, TimeSpan.FromSeconds(100), BuiltInWorkloads.AzureConversation.Generate(10, TimeSpan.FromSeconds(100), 1), 1);

    [Fact]
    public void ToCharts_InstanceThatGoesAway_KeepsItsRowAndItsMigrations()
    {
        ReportRun charts = Observed();
        EngineTimelines timelines = charts.Timelines!;
        Assert.Equal(["a", "b"], timelines.Engines);
        Assert.Equal(0.5, timelines.StepSeconds);
        Assert.Equal([[1, 2, 0], [3, 4, 5]], timelines.Waiting);
        Assert.Equal([[50, 100, 0], [10, 20, 30]], timelines.Kv);
        Assert.Equal([(1.0, 0, -1), (1.0, 0, -1), (1.5, 1, -1)], charts.Migrations);
        Assert.Equal(3, charts.MigrationCount);
    }

    [Fact]
    public void ToCharts_LiteMode_NoKvUse()
    {
        var observer = new DemoObserver(TimeSpan.FromSeconds(1), new FakeTimeProvider());
        observer.Add([new DemoInstance("a", "neutral", 1, 1, KvUsage: null, InFlight: null, "ok")]);
        Assert.Empty(observer.ToCharts(new LoadStatistics(new FakeTimeProvider())).Timelines!.Kv);
    }

    [Fact]
    public void ToCharts_NothingObserved_NoTimelines() =>
        Assert.Null(new DemoObserver(TimeSpan.FromSeconds(1), new FakeTimeProvider()).ToCharts(new LoadStatistics(new FakeTimeProvider())).Timelines);

    [Fact]
    public async Task Page_Opened_ShowsBothRunsAndTheVerdictWithoutErrorsOrRequests()
    {
        DemoComparison comparison = DemoSamples.Compare(DemoSamples.Run(), DemoSamples.Run(ttftP99: 800));
        comparison = comparison with { Policy = comparison.Policy with { Charts = Observed() }, Baseline = comparison.Baseline! with { Charts = Observed() } };
        string path = Path.Combine(AppContext.BaseDirectory, "demo-report.html");
        await File.WriteAllTextAsync(path, DemoHtml.Write(comparison, Settings with { KillEngineAfter = TimeSpan.FromSeconds(7.5) }), TestContext.Current.CancellationToken);
        await using ReportTab tab = await browser.OpenAsync(path);
        await Expect(tab.Page.Locator("body")).ToContainTextAsync("emulated engines over HTTP, mode neutral, ");
        await Expect(tab.Page.Locator("#verdict li")).ToHaveTextAsync(DemoVerdict.For(comparison));
        await Expect(tab.Page.Locator("#faults li")).ToHaveTextAsync(
        [
            "engine-2 is half as fast as the others with load-balance.", "engine-1 crashes 7.5 s after the start with load-balance, and stays away.",
            "engine-2 is half as fast as the others with round-robin.", "engine-1 crashes 7.5 s after the start with round-robin, and stays away.",
        ]);
        await Expect(tab.Page.Locator("#glossary")).ToContainTextAsync("cut offstill open 10 s after the last arrivalimbalancerequests of the busiest engine / mean of all engines");
        await Expect(tab.Page.Locator("#filter button")).ToHaveTextAsync(["load-balance", "round-robin"]);
        await tab.SeeChartsAsync();
        await Expect(tab.Page.Locator("#distributions .chart canvas")).ToHaveCountAsync(3);
        Assert.Contains("a: mean 1, most 2; b: mean 4, most 5", (await tab.Page.Locator("#timelines .chart").First.GetAttributeAsync("aria-label"))!, StringComparison.Ordinal);
        await Expect(tab.Page.Locator("#timelines .column p").First).ToContainTextAsync("3 migrations");
        await tab.ExpectAccessibleAsync();
        tab.ExpectNoProblems();
    }

    private static ReportRun Observed()
    {
        var observer = new DemoObserver(TimeSpan.FromSeconds(0.5), new FakeTimeProvider());
        observer.Add([Instance("a", 1, 0.5, 0), Instance("b", 3, 0.1, 0)]);
        observer.Add([Instance("a", 2, 1, 2), Instance("b", 4, 0.2, 0)]);
        observer.Add([Instance("b", 5, 0.3, 1)]);
        var time = new FakeTimeProvider();
        var load = new LoadStatistics(time);
        for (int i = 1; i <= 4; i++)
        {
            var request = new RequestTimeline(time, time.GetTimestamp(), 2);
            load.OnSent(request);
            time.Advance(TimeSpan.FromMilliseconds(100 * i));
            request.OnTokens(1);
            load.OnFirstToken(request);
            time.Advance(TimeSpan.FromMilliseconds(10));
            request.OnTokens(1);
            load.OnCompleted(request);
        }

        return observer.ToCharts(load);
    }

    private static DemoInstance Instance(string id, int waiting, double kv, int migrated) => new(id, "neutral", 1, waiting, kv, 0, "ok") { MigratedOut = migrated };
}
