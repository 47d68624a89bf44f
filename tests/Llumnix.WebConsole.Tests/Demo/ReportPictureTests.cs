using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Fleet;
using Llumnix.WebConsole.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>The pictures of a simulation's report.</summary>
public sealed class ReportPictureTests(Chromium chromium)
{
    private static readonly Scenario Scenario = new()
    {
        Workload = new() { DurationSeconds = 60, Rates = [20, 40, 60, 80] },
        Fleet = [new() { Count = 4, KvCapacity = 40_000 }],
        TtftSloMs = 300,
        TpotSloMs = 14,
        Seeds = 3,
        Contestants =
        [
            new("load-balance"),
            new("rescheduling") { Flags = ["--colocated-rescheduling-mode", "--rescheduling-policies=neutral_load", "--rescheduling-neutral-load-threshold=0.3"] },
            new("random") { Baseline = BaselineKind.Random },
        ],
    };

    [Fact]
    public async Task Report_TopAndEngines_AreShown()
    {
        (IReadOnlyList<ScenarioRun> first, IReadOnlyList<RunSummary> summaries) = await SeedRunner.RunAsync(Scenario, 1, static (_, _) => { }, TestContext.Current.CancellationToken);
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.html");
        try
        {
            await File.WriteAllTextAsync(path, HtmlReport.Write(Scenario, first, summaries), TestContext.Current.CancellationToken);
            await using ConsolePage report = await chromium.OpenAsync(size: new ViewportSize { Width = 1120, Height = 800 });
            await report.Page.GotoAsync(new Uri(path).ToString());
            await Expect(report.Page.Locator("html")).ToHaveAttributeAsync("data-ready", "true");
            await Expect(report.Page.Locator("#attainment canvas")).ToHaveCountAsync(1);
            await Pictures.KeepAsync(report, "report");
            await report.Page.GetByRole(AriaRole.Combobox, new() { Name = "Requests per second", Exact = true }).SelectOptionAsync("80");
            ILocator engines = report.Page.Locator("#timelines h2");
            await engines.EvaluateAsync("heading => heading.scrollIntoView()");
            await Expect(report.Page.Locator("#timelines .chart canvas")).Not.ToHaveCountAsync(0);
            await Pictures.KeepAsync(report, "report-engines");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
