using System.Globalization;
using System.Net;
using System.Text;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>A self-contained page with plots: no network, no scripts.</summary>
internal static class HtmlReport
{
    private const int CdfPoints = 200;
    private const int TimelinePoints = 240;

    private const string Style =
        """
        body{font:14px/1.5 system-ui,sans-serif;margin:24px;color:#222;max-width:1240px}
        table{border-collapse:collapse;margin:12px 0}td,th{padding:3px 10px;border-bottom:1px solid #ddd;text-align:right}
        td:nth-child(2),th:nth-child(2){text-align:left}svg{margin:8px;background:#fff}svg text{font:11px system-ui,sans-serif;fill:#333}
        svg .title{font-size:13px;font-weight:600}.frame{fill:none;stroke:#999}.grid{stroke:#eee}
        """;

    internal static string Write(Scenario scenario, IReadOnlyList<ScenarioRun> runs, IReadOnlyList<RunSummary> summaries)
    {
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Simulation</title><style>");
        page.Append(Style).Append("</style></head><body><h1>Simulation</h1><p>").Append(Describe(scenario)).Append("</p>");
        AppendTable(page, summaries);
        foreach (string sentence in ScenarioNotes.Of(scenario).Concat(SimulationVerdict.Of(summaries)))
        {
            page.Append("<p>").Append(WebUtility.HtmlEncode(sentence)).Append("</p>");
        }

        page.Append(Attainment(summaries).Render());
        foreach (IGrouping<double, ScenarioRun> rate in runs.GroupBy(static run => run.Rate))
        {
            page.Append(string.Create(CultureInfo.InvariantCulture, $"<h2>{rate.Key:0.##} requests per second</h2>"));
            page.Append(Cdf("Time to first token", "ms", rate, static request => request.TtftMs, 3 * scenario.TtftSloMs));
            page.Append(Cdf("Time per output token", "ms", rate, static request => request.TpotMs, 3 * scenario.TpotSloMs));
            foreach (ScenarioRun run in rate)
            {
                page.Append("<h3>").Append(WebUtility.HtmlEncode(run.Contestant)).Append("</h3>");
                page.Append(Roles(run.Result)).Append(Load(run.Result)).Append(Migrations(run.Result));
            }
        }

        return page.Append("</body></html>\n").ToString();
    }

    private static string Describe(Scenario scenario)
    {
        int engines = scenario.Fleet.Sum(static group => group.Count);
        string source = scenario.Workload.Trace is { } trace ? Path.GetFileName(trace) : scenario.Workload.Name;
        return WebUtility.HtmlEncode(string.Create(
            CultureInfo.InvariantCulture,
            $"{engines} engines, {source}, mode {scenario.Mode}, targets {scenario.TtftSloMs:0} ms to the first token and {scenario.TpotSloMs:0.#} ms per token, {Seeds(scenario)}."));
    }

    private static string Seeds(Scenario scenario) => scenario.Seeds == 1
        ? $"seed {scenario.Seed}"
        : $"means of seeds {scenario.Seed} to {scenario.Seed + scenario.Seeds - 1} with 95% intervals, distributions and timelines of seed {scenario.Seed}";

    private static void AppendTable(StringBuilder page, IReadOnlyList<RunSummary> summaries)
    {
        page.Append("<table>");
        string tag = "th";
        foreach (string[] row in SimulationTable.Rows(summaries))
        {
            page.Append("<tr>");
            foreach (string cell in row)
            {
                page.Append('<').Append(tag).Append('>').Append(WebUtility.HtmlEncode(cell)).Append("</").Append(tag).Append('>');
            }

            page.Append("</tr>");
            tag = "td";
        }

        page.Append("</table>");
    }

    private static SvgPlot Attainment(IReadOnlyList<RunSummary> summaries)
    {
        double first = summaries.Min(static run => run.Rate);
        double last = summaries.Max(static run => run.Rate);
        var plot = new SvgPlot("Requests within both targets", "requests per second", "share")
        {
            MaxY = 1, MinX = first, MaxX = last > first ? last : first + 1, IsScatter = last <= first,
        };
        foreach (IGrouping<string, RunSummary> contestant in summaries.GroupBy(static run => run.Contestant))
        {
            plot.Add(contestant.Key, ContestantRuns.Of(contestant).Select(static row => (row.Rate, row.Estimate(static run => run.Attainment).Mean)));
        }

        return plot;
    }

    private static string Cdf(string title, string unit, IEnumerable<ScenarioRun> runs, Func<RequestResult, float> value, double limit)
    {
        var plot = new SvgPlot(title, unit, "share of requests") { MaxY = 1, MaxX = limit };
        foreach (ScenarioRun run in runs)
        {
            double[] sorted = RunSummary.Sorted(run.Result, value);
            plot.Add(run.Contestant, Enumerable.Range(0, sorted.Length == 0 ? 0 : CdfPoints + 1).Select(i =>
            {
                double share = (double)i / CdfPoints;
                return (RunSummary.Quantile(sorted, share), share * sorted.Length / run.Result.Requests.Count);
            }));
        }

        return plot.Render();
    }

    /// <summary>The use of the fleet's time: the sum of the engines' shares.</summary>
    private static string Roles(SimulationResult result)
    {
        var plot = new SvgPlot("What engines do", "seconds", "engines") { MaxY = result.Engines.Count };
        plot.Add("steps with prefill", Over(result, static engines => engines.Sum(static e => Math.Clamp(e.PrefillShare, 0, 1))));
        plot.Add("steps with decodes only", Over(result, static engines => engines.Sum(static e => Math.Clamp(e.DecodeShare, 0, 1))));
        return plot.Render();
    }

    private static string Load(SimulationResult result)
    {
        var plot = new SvgPlot("KV cache in use", "seconds", "share") { MaxY = 1 };
        for (int engine = 0; engine < Math.Min(result.Engines.Count, 10); engine++)
        {
            int index = engine;
            plot.Add(result.Engines[engine].InstanceId, Over(result, engines => engines[index].KvUsage));
        }

        return plot.Render();
    }

    private static string Migrations(SimulationResult result)
    {
        if (result.Migrations.Count == 0)
        {
            return "";
        }

        var plot = new SvgPlot("Migrations", "seconds", "engine, from 0") { MaxY = result.Engines.Count, IsScatter = true };
        plot.Add("from", result.Migrations.Select(static m => ((double)m.Seconds, (double)m.Source)));
        plot.Add("to", result.Migrations.Select(static m => ((double)m.Seconds, m.Destination + 0.3)));
        return plot.Render();
    }

    private static IEnumerable<(double X, double Y)> Over(SimulationResult result, Func<EngineSample[], double> value)
    {
        int step = Math.Max(1, result.Timeline.Count / TimelinePoints);
        for (int i = 0; i < result.Timeline.Count; i += step)
        {
            yield return ((i + 1) * result.SampleInterval.TotalSeconds, value(result.Timeline[i]));
        }
    }
}
