using System.Globalization;
using System.Text.RegularExpressions;
using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Comparisons;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.Cli.Tests.Reports;

/// <summary>The report of a simulation in a browser, which answers the questions of its readers by itself.</summary>
public sealed class SimulationReportPageTests(ReportBrowser browser, PlayedReport report) : IClassFixture<ReportBrowser>, IClassFixture<PlayedReport>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Page_Opened_IsCompleteAndAccessibleWithoutErrorsOrRequests(bool isDark)
    {
        await using ReportTab page = await OpenAsync(isDark);
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", isDark ? "dark" : "light");
        await page.SeeChartsAsync();
        await Expect(page.Page.Locator("#attainment .chart canvas")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator("#distributions .chart canvas")).ToHaveCountAsync(4);
        await Expect(page.Page.Locator("#timelines .chart:visible canvas")).Not.ToHaveCountAsync(0);
        double ready = await page.ReadyAfterMsAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"complete after {ready:0} ms"));
        await page.Page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, $"report-{(isDark ? "dark" : "light")}.png"), FullPage = true });
        await page.ExpectAccessibleAsync();
        page.ExpectNoProblems();
    }

    [Fact]
    public async Task Question_WhoIsBestAtARateAndByHowMuch()
    {
        await using ReportTab page = await OpenAsync();
        await Expect(page.Page.Locator("#verdict li")).ToHaveTextAsync(SimulationVerdict.Of(report.Summaries));
        IReadOnlyList<string> sentences = await page.Page.Locator("#verdict li").AllInnerTextsAsync();
        Assert.All(["20", "60"], rate => Assert.Contains(sentences, sentence => sentence.StartsWith($"At {rate} req/s, over 3 seeds, ", StringComparison.Ordinal)));
        await ChooseRateAsync(page, "60");
        string best = report.Summaries.Where(static run => run.Rate == 60).Select(static run => run.Contestant).Distinct()
            .MaxBy(contestant => report.Row(contestant, 60).Estimate(static run => run.Attainment).Mean)!;
        await Expect(page.Page.Locator(".percentiles:visible tbody th").First).ToHaveTextAsync(best);
    }

    [Fact]
    public async Task Question_HowSureIsIt()
    {
        await using ReportTab page = await OpenAsync();
        await ChooseRateAsync(page, "60");
        Assert.Equal(
            SimulationTable.Cell(report.Row("random", 60).Estimate(static run => 100 * run.Attainment), "0.0"),
            await CellAsync(page, ".percentiles:visible", "random", "targets met (%)"));
        Assert.Contains("±", await CellAsync(page, ".percentiles:visible", "random", "TTFT p50 (ms)"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_WhereDoesTtftGoWrongFirst()
    {
        await using ReportTab page = await OpenAsync();
        string[] contestants = [.. PlayedReport.Scenario.Contestants.Select(static contestant => contestant.Name)];
        string[] expected = [.. contestants.Select(contestant => PlayedReport.Scenario.Workload.Rates
            .Where(rate => report.Row(contestant, rate).Estimate(static run => run.TtftP99).Mean > 300)
            .Select(static rate => rate.ToString(CultureInfo.InvariantCulture)).FirstOrDefault("–"))];
        Assert.Equal(expected, await Task.WhenAll(contestants.Select(contestant => CellAsync(page, "#limits", contestant, "TTFT p99 above 300 ms from"))));
        Assert.Contains(expected, static rate => rate != "–");
        await ChooseRateAsync(page, "60");
        Assert.Equal(
            SimulationTable.Cell(report.Row("random", 60).Estimate(static run => run.FirstTtftMissSeconds), "0"),
            await CellAsync(page, ".percentiles:visible", "random", "first late first token (s)"));
    }

    [Fact]
    public async Task Question_WhatIsMissedTtftOrTpot()
    {
        await using ReportTab page = await OpenAsync();
        await ChooseRateAsync(page, "60");
        foreach ((string title, Func<RunSummary, double> value) in ((string, Func<RunSummary, double>)[])
            [("missed by TTFT", static run => run.MissedTtft), ("by TPOT", static run => run.MissedTpot), ("by both", static run => run.MissedBoth), ("refused", static run => run.Refused), ("lost or cut off", static run => run.Lost + run.CutOff)])
        {
            Assert.Equal(SimulationTable.Cell(report.Row("random", 60).Estimate(value), "0.#"), await CellAsync(page, ".percentiles:visible", "random", title));
        }

        Assert.All(report.Summaries, static run => Assert.Equal(
            run.Requests - (int)Math.Round(run.Attainment * run.Requests), run.MissedTtft + run.MissedTpot + run.MissedBoth + run.NotCompleted));
    }

    [Fact]
    public async Task Question_WhatDidTheEnginesDo()
    {
        await using ReportTab page = await OpenAsync();
        await ChooseRateAsync(page, "60");
        await page.Page.GetByRole(AriaRole.Combobox, new() { Name = "Contestant", Exact = true }).SelectOptionAsync("rescheduling <&>");
        int migrations = report.First.Single(static run => run is { Contestant: "rescheduling <&>", Rate: 60 }).Result.Migrations.Count;
        Assert.NotEqual(0, migrations);
        await Expect(page.Page.Locator("#timelines .column p").First).ToHaveTextAsync(new Regex($@"^rescheduling <&> at 60 req/s: {migrations} migrations\. "));
        ILocator map = page.Page.Locator("#timelines .chart").First;
        foreach ((string metric, string expected) in ((string, string)[])[("Waiting requests", "engine-0003: mean"), ("KV cache in use", "%"), ("Role: prefill or decode", "engine-0000: idle")])
        {
            await page.Page.GetByRole(AriaRole.Combobox, new() { Name = "Show", Exact = true }).SelectOptionAsync(metric);
            Assert.Contains(expected, (await map.GetAttributeAsync("aria-label"))!, StringComparison.Ordinal);
        }

        page.ExpectNoProblems();
    }

    [Fact]
    public async Task Question_WhatDidMigrationsCost()
    {
        await using ReportTab page = await OpenAsync();
        await ChooseRateAsync(page, "60");
        SimulationResult result = report.First.Single(static run => run is { Contestant: "rescheduling <&>", Rate: 60 }).Result;
        foreach ((string title, double expected, string format) in ((string, double, string)[])
            [
                ("migrations", result.Migrations.Count, "0"),
                ("failed", result.FailedMigrations, "0"),
                ("requests moved", result.Requests.Count(static request => request.Migrations > 0), "0"),
                ("moved: targets met (%)", ShareMet(result.Requests.Where(static request => request.Migrations > 0)), "0.0"),
                ("not moved: targets met (%)", ShareMet(result.Requests.Where(static request => request.Migrations == 0)), "0.0"),
            ])
        {
            Assert.Equal(expected.ToString(format, CultureInfo.InvariantCulture), await CellAsync(page, ".moves:visible", "rescheduling <&>", title));
        }

        // Contestants without migrations are not in it.
        await Expect(page.Page.Locator(".moves:visible tbody tr")).ToHaveCountAsync(1);

        static double ShareMet(IEnumerable<RequestResult> requests) =>
            100 * requests.Average(static request => request.Attains(PlayedReport.Scenario.TtftSloMs, PlayedReport.Scenario.TpotSloMs) ? 1.0 : 0.0);
    }

    [Fact]
    public async Task Contestant_SwitchedOffByTheKeyboard_LeavesEveryComparison()
    {
        await using ReportTab page = await OpenAsync();
        ILocator button = page.Page.GetByRole(AriaRole.Button, new() { Name = "random" });
        ILocator attainment = page.Page.Locator("#attainment .chart");
        Assert.Contains("random: ", (await attainment.GetAttributeAsync("aria-label"))!, StringComparison.Ordinal);
        await button.FocusAsync();
        await page.Page.Keyboard.PressAsync("Space");
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
        foreach (ILocator chart in (ILocator[])[attainment, .. await page.Page.Locator("#distributions .chart").AllAsync()])
        {
            string label = (await chart.GetAttributeAsync("aria-label"))!;
            Assert.DoesNotContain("random", label, StringComparison.Ordinal);
            Assert.Contains("load-balance", label, StringComparison.Ordinal);
        }

        await page.Page.Keyboard.PressAsync("Space");
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Contains("random: ", (await attainment.GetAttributeAsync("aria-label"))!, StringComparison.Ordinal);
        page.ExpectNoProblems();
    }

    [Fact]
    public async Task Pointer_OverADistribution_ShowsTheValue()
    {
        await using ReportTab page = await OpenAsync();
        ILocator chart = page.Page.Locator("#distributions .chart").First;
        await chart.ScrollIntoViewIfNeededAsync();
        await page.SeeChartsAsync();
        await chart.ScrollIntoViewIfNeededAsync();
        byte[] before = await chart.ScreenshotAsync();
        LocatorBoundingBoxResult canvas = (await chart.Locator("canvas").BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(canvas.X + (canvas.Width / 3), canvas.Y + (canvas.Height / 2));
        await page.Page.EvaluateAsync("() => new Promise(shown => requestAnimationFrame(() => requestAnimationFrame(shown)))");
        Assert.NotEqual(before, await chart.ScreenshotAsync());
        await chart.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "report-pointer.png") });
        page.ExpectNoProblems();
    }

    private Task<ReportTab> OpenAsync(bool isDark = false) => browser.OpenAsync(report.Path, isDark);

    private static async Task ChooseRateAsync(ReportTab page, string rate)
    {
        await page.Page.GetByRole(AriaRole.Combobox, new() { Name = "Requests per second", Exact = true }).SelectOptionAsync(rate);
        await Expect(page.Page.Locator(".percentiles:visible caption")).ToContainTextAsync($"at {rate} req/s");
    }

    private static async Task<string> CellAsync(ReportTab page, string table, string row, string title)
    {
        IReadOnlyList<string> titles = await page.Page.Locator($"{table} thead th").AllInnerTextsAsync();
        ILocator found = page.Page.Locator($"{table} tbody tr").Filter(new() { Has = page.Page.GetByRole(AriaRole.Rowheader, new() { Name = row, Exact = true }) });
        return await found.Locator("th, td").Nth(titles.ToList().IndexOf(title)).InnerTextAsync();
    }
}
