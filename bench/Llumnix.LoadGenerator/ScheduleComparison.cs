using System.CommandLine;
using System.Globalization;

namespace Llumnix.LoadGenerator;

/// <summary>
/// <c>loadgen compare-schedulers</c>: short runs of <see cref="ScheduleLoad"/> against several schedulers in turn, round after round, so that what else the machine does
/// meets all of them alike. Prints a table of medians, or writes a <see cref="ScheduleRecord"/> of each run for <see cref="LaunchComparison"/>.
/// </summary>
internal sealed class ScheduleComparison(IReadOnlyList<ScheduleComparison.Target> targets, LoadOptions options, int rounds, TimeSpan firstWarmUp, string? records)
{
    internal static Command Command()
    {
        var targetTexts = new Option<string>("--targets") { Required = true, Description = "name:port:process id, separated by commas; the first one is what the others are compared with" };
        var roundCount = new Option<int>("--rounds") { DefaultValueFactory = _ => 10 };
        var connections = new Option<int>("--connections") { DefaultValueFactory = _ => 8 };
        var duration = new Option<double>("--duration") { DefaultValueFactory = _ => 3, Description = "seconds of each run" };
        var warmUp = new Option<double>("--warm-up") { DefaultValueFactory = _ => 0.5, Description = "seconds before each run" };
        var firstWarmUp = new Option<double>("--first-warm-up") { DefaultValueFactory = _ => 8, Description = "seconds before the first run, once for each scheduler, until its code is compiled for good" };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 1000, Description = "requests/s; 0 = each connection sends as soon as it has its answer" };
        var records = new Option<string>("--records") { Description = "a file for a line of each run, in place of the table; compare-launches reads it" };
        var command = new Command("compare-schedulers", "Sends POST /schedule to several schedulers in turn.") { targetTexts, roundCount, connections, duration, warmUp, firstWarmUp, rate, records };
        command.SetAction((parsed, cancellation) => new ScheduleComparison(
            [.. parsed.GetValue(targetTexts)!.Split(',').Select(static text => text.Split(':')).Select(static parts => new Target(
                parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture)))],
            new LoadOptions(
                "127.0.0.1",
                0,
                parsed.GetValue(connections),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                TimeSpan.FromSeconds(parsed.GetValue(warmUp)),
                parsed.GetValue(rate),
                TokenIds: 0,
                "neutral",
                0),
            parsed.GetValue(roundCount),
            TimeSpan.FromSeconds(parsed.GetValue(firstWarmUp)),
            parsed.GetValue(records)).RunAsync(cancellation));
        return command;
    }

    private async Task<int> RunAsync(CancellationToken cancellation)
    {
        foreach (Target target in targets)
        {
            await MeasureAsync(target, options with { Duration = firstWarmUp }, cancellation);
        }

        var figures = new ScheduleFigures[targets.Count, rounds];
        for (int round = 0; round < rounds; round++)
        {
            for (int turn = 0; turn < targets.Count; turn++)
            {
                // Back and forth, so that a load of the machine that grows or shrinks favours none.
                int target = round % 2 == 0 ? turn : targets.Count - 1 - turn;
                figures[target, round] = await MeasureAsync(targets[target], options, cancellation);
            }
        }

        if (records is null)
        {
            Print(figures);
        }
        else
        {
            await File.WriteAllLinesAsync(records, Enumerable.Range(0, targets.Count).SelectMany(target => RowOf(figures, target).Select((run, round) => new ScheduleRecord(
                targets[target].Name, round, run.P50, run.P99, run.CpuPerRequest, run.NotPlaced).ToLine())), cancellation);
        }

        return figures.Cast<ScheduleFigures>().All(static figure => figure.NotPlaced == 0) ? 0 : 1;
    }

    private static Task<ScheduleFigures> MeasureAsync(Target target, LoadOptions options, CancellationToken cancellation) =>
        new ScheduleLoad(options with { Port = target.Port, ServerProcess = target.ProcessId }).MeasureAsync(cancellation);

    private void Print(ScheduleFigures[,] figures)
    {
        Console.WriteLine(
            $"Medians of {rounds} rounds of {options.Duration.TotalSeconds:0.#} s at {options.RequestsPerSecond} req/s over {options.Connections} connections; "
            + $"ratios and differences are taken within a round, and their medians follow.");
        Console.WriteLine($"| scheduler | p50 µs | p99 µs | CPU µs/request | p50 ratio to {targets[0].Name} | p99 ratio | CPU ratio | p50 more than the row above, µs | not placed |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        for (int target = 0; target < targets.Count; target++)
        {
            ScheduleFigures[] own = RowOf(figures, target);
            ScheduleFigures[] first = RowOf(figures, 0);
            ScheduleFigures[] above = RowOf(figures, Math.Max(0, target - 1));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {targets[target].Name} | {Median(own.Select(static x => (double)x.P50)):F0} | {Median(own.Select(static x => (double)x.P99)):F0} | {Median(own.Select(static x => x.CpuPerRequest)):F1} "
                + $"| {Median(own.Zip(first, static (x, y) => (double)x.P50 / y.P50)):F3} | {Median(own.Zip(first, static (x, y) => (double)x.P99 / y.P99)):F3} "
                + $"| {Median(own.Zip(first, static (x, y) => x.CpuPerRequest / y.CpuPerRequest)):F3} | {Median(own.Zip(above, static (x, y) => (double)x.P50 - y.P50)):F0} "
                + $"| {own.Sum(static x => x.NotPlaced)} |"));
        }
    }

    private ScheduleFigures[] RowOf(ScheduleFigures[,] figures, int target) => [.. Enumerable.Range(0, rounds).Select(round => figures[target, round])];

    internal static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>One of the compared schedulers.</summary>
    /// <param name="Name">Its name in the table.</param>
    /// <param name="Port">Its port on loopback.</param>
    /// <param name="ProcessId">Its process, whose CPU time is read.</param>
    internal sealed record Target(string Name, int Port, int ProcessId);
}
