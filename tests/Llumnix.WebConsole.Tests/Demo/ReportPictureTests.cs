using Llumnix.Cli.Simulate;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Comparisons;
using Llumnix.WebConsole.Tests.Browser;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>The pictures of a simulation's report.</summary>
public sealed class ReportPictureTests(Chromium chromium)
{
    private static readonly string[] Adaptive =
        ["--scheduling-policy=slo", "--enable-adaptive-pd", "--cms-pull-status-interval-ms=100", "--colocated-reschedule-mode", "--reschedule-interval-ms=100"];

    /// <summary>A small part of the study of adaptive PD.</summary>
    private static readonly Scenario Scenario = new()
    {
        Workload = new() { Requests = 800, Rates = [7.5, 8.5, 9.5] },
        Mode = SchedulingMode.PdStaged,
        AskAgainForSeconds = 300,
        Fleet = [new() { Count = 8, Profile = "h20-qwen3-32b-estimate" }],
        Seeds = 3,
        Contestants =
        [
            new("6P2D") { PrefillEngines = 6, Flags = ["--scheduling-policy=load-balance"] },
            new("adaptive PD, plain rules") { Flags = [.. Adaptive, "--adaptive-pd-rules=plain"] },
            new("adaptive PD") { Flags = Adaptive },
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
            await report.Page.GetByRole(AriaRole.Combobox, new() { Name = "Requests per second", Exact = true }).SelectOptionAsync("9.5");
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
