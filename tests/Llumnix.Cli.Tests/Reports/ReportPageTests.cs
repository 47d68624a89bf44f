using System.Text.RegularExpressions;
using Llumnix.Cli.Reports;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Tests.Reports;

public sealed partial class ReportPageTests
{
    private static readonly ReportTable Table = new("Numbers", ["contestant", "value"], [["a <b>", "1"]]);

    /// <summary>As many runs as the study of adaptive PD has, of values that compress worse than real ones.</summary>
    [Fact]
    public void Write_SixtyRunsOfEightEngines_StaysUnderOneAndAHalfMegabytes()
    {
        var random = new Random(1);
        (int intervals, int engines) = TimelineReducer.Fit(60, 8);
        Assert.Equal(8, engines);
        ReportRun[] runs = [.. Enumerable.Range(0, 60).Select(i => new ReportRun(i % 12, i / 12)
        {
            Ttft = LatencyDistribution.Of(share => 30_000 * share, 1, 1),
            Tpot = LatencyDistribution.Of(share => 100 * share, 1, 1),
            EndToEnd = LatencyDistribution.Of(share => 90_000 * share, 1, 1),
            Timelines = new EngineTimelines(1, [.. Enumerable.Range(0, 8).Select(static engine => $"engine-{engine}")], 8)
            {
                Waiting = Rows(10), Running = Rows(60), Kv = Rows(101), Prefill = Rows(101), Decode = Rows(101),
            },
        })];
        string page = ReportPage.Write(Document("Report") with { Runs = runs });
        Assert.InRange(page.Length, 500_000, 1_500_000);

        int[][] Rows(int values) => [.. Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, intervals).Select(_ => random.Next(values)).ToArray())];
    }

    [Fact]
    public void Write_Texts_AreNotMarkupAndNothingIsLoaded()
    {
        string page = ReportPage.Write(Document("<script>alert(1)</script>") with { Notes = ["a & b"] });
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("a &lt;b&gt;", page, StringComparison.Ordinal);
        Assert.Contains("a &amp; b", page, StringComparison.Ordinal);
        string withoutLicences = Licences().Replace(page, "");
        Assert.DoesNotContain("http:", withoutLicences, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", withoutLicences, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        string policy = Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)").Groups[1].Value;
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
    }

    /// <summary>A page is passed on with the library that it contains: so are the library's notice and licence, in one comment.</summary>
    [Fact]
    public void Write_Page_HasTheLicencesOfItsLibrary()
    {
        string comment = Assert.Single(Licences().Matches(ReportPage.Write(Document("a")))).Value;
        Assert.Contains("This product includes software developed at\nThe Apache Software Foundation", comment, StringComparison.Ordinal);
        Assert.Contains("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION", comment, StringComparison.Ordinal);
        Assert.Contains("Baidu Inc.", comment, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SameDocument_SameBytes() => Assert.Equal(ReportPage.Write(Document("a")), ReportPage.Write(Document("a")));

    private static ReportDocument Document(string title) => new(title, "What was played.", ["a did best."], ["a <b>"], [1])
    {
        Attainment = [[new Estimate(0.5, double.NaN)]],
        Results = Table,
    };

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Licences();
}
