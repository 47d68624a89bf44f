using Llumnix.Simulation.Comparisons;
using Llumnix.Cli.Reports;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.Cli.Tests.Reports;

/// <summary>The sentence of a report about engines that change between prefill and decode.</summary>
public sealed class RoleChangesTests(ReportBrowser browser) : IClassFixture<ReportBrowser>
{
    /// <summary>Idle and mixed intervals are no roles: an engine that decodes before and after them has not changed.</summary>
    [Theory]
    [InlineData(
        new[] { 100, 0, 0, 100, 100, 0 },
        new[] { 0, 100, 100, 0, 0, 100 },
        "a at 1 req/s: 0 migrations. Changes between prefill and decode, by intervals of 10 s: 3 in all; b most often, 3 times, at 10, 30, 50 s.")]
    [InlineData(new[] { 0, 0, 50, 0, 0, 0 }, new[] { 100, 100, 50, 0, 100, 100 }, "a at 1 req/s: 0 migrations. No engine changed between prefill and decode.")]
    public async Task Engines_ThatChange_AreNamedWithTheTimes(int[] prefill, int[] decode, string expected)
    {
        string path = Path.GetTempFileName() + ".html";
        try
        {
            await File.WriteAllTextAsync(path, ReportPage.Write(DocumentOf(prefill, decode)), TestContext.Current.CancellationToken);
            await using ReportTab page = await browser.OpenAsync(path);
            await Expect(page.Page.Locator("#timelines .column p").First).ToHaveTextAsync(expected);
            page.ExpectNoProblems();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ReportDocument DocumentOf(int[] prefill, int[] decode)
    {
        int[] none = new int[prefill.Length];
        return new ReportDocument("Roles", "Two engines.", [], ["a"], [1])
        {
            Attainment = [[new Estimate(1, double.NaN)]],
            Results = new ReportTable("Numbers", ["contestant"], [["a"]]),
            Runs =
            [
                new ReportRun(0, 0)
                {
                    Timelines = new EngineTimelines(10, ["a-decode", "b"], 2)
                    {
                        Waiting = [none, none], Running = [none, none], Kv = [none, none],
                        Prefill = [none, prefill], Decode = [[.. none.Select(static _ => 100)], decode],
                    },
                },
            ],
        };
    }
}
