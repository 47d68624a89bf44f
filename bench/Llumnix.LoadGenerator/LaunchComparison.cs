using System.CommandLine;
using System.Globalization;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.LoadGenerator;

/// <summary>
/// <c>loadgen compare-launches</c>: what <see cref="ScheduleComparison"/> recorded of several launches of the same schedulers, as ratios with their intervals. Two processes
/// of one program differ by several percent for as long as they live (where code and data lie, which methods were compiled how), which more rounds do not
/// average out; more launches do.
/// </summary>
internal static class LaunchComparison
{
    internal static Command Command()
    {
        var files = new Argument<string[]>("files") { Arity = ArgumentArity.OneOrMore, Description = "records of compare-schedulers, one file for each launch" };
        var command = new Command("compare-launches", "Ratios of schedulers to the first one over several launches, with 95 % intervals.") { files };
        command.SetAction(parsed => Print([.. parsed.GetValue(files)!.Select(static file => File.ReadLines(file).Select(ScheduleRecord.Parse).ToList())]));
        return command;
    }

    private static int Print(IReadOnlyList<List<ScheduleRecord>> launches)
    {
        string[] targets = [.. launches[0].Select(static record => record.Target).Distinct()];
        Console.WriteLine(
            $"{launches.Count} launches. Of each launch the median of its rounds, ratios and differences taken within a round; then the mean over the launches ± 95 %.");
        Console.WriteLine($"| scheduler | p50 µs | p99 µs | CPU µs/request | p50 ratio to {targets[0]} | p99 ratio | CPU ratio | p50 more than {targets[0]}, µs | not placed |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (string target in targets)
        {
            Estimate OfRounds(Func<ScheduleRecord, ScheduleRecord, double> figure) => Estimate.Of(launches.Select(launch => MedianOfRounds(launch, targets[0], target, figure)));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {target} | {OfRounds(static (own, _) => own.P50).Mean:F0} | {OfRounds(static (own, _) => own.P99).Mean:F0} | {OfRounds(static (own, _) => own.CpuPerRequest).Mean:F1} "
                + $"| {Ratio(OfRounds(static (own, first) => own.P50 / first.P50))} | {Ratio(OfRounds(static (own, first) => own.P99 / first.P99))} "
                + $"| {Ratio(OfRounds(static (own, first) => own.CpuPerRequest / first.CpuPerRequest))} | {Difference(OfRounds(static (own, first) => own.P50 - first.P50))} "
                + $"| {launches.Sum(launch => launch.Where(record => record.Target == target).Sum(static record => record.NotPlaced))} |"));
        }

        return launches.All(static launch => launch.All(static record => record.NotPlaced == 0)) ? 0 : 1;
    }

    private static double MedianOfRounds(List<ScheduleRecord> launch, string first, string target, Func<ScheduleRecord, ScheduleRecord, double> figure)
    {
        var firsts = launch.Where(record => record.Target == first).ToDictionary(static record => record.Round);
        return ScheduleComparison.Median(launch.Where(record => record.Target == target).Select(record => figure(record, firsts[record.Round])));
    }

    private static string Ratio(Estimate estimate) => string.Create(CultureInfo.InvariantCulture, $"{estimate.Mean:F3} ±{estimate.HalfWidth:F3}");

    private static string Difference(Estimate estimate) => string.Create(CultureInfo.InvariantCulture, $"{estimate.Mean:F0} ±{estimate.HalfWidth:F0}");
}
