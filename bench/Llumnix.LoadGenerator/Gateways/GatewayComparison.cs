using System.CommandLine;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary>
/// <c>loadgen compare</c>: the same load on a bare proxy and on a gateway, taking turns, and on the engine itself for times. Prints medians.
/// </summary>
internal sealed class GatewayComparison(int enginePort, Contestant proxy, Contestant gateway, int rounds, TimeSpan duration, bool isTogether)
{
    // A new process compiles its hot methods again for some seconds, which is a quarter of its CPU then.
    private static readonly TimeSpan FirstWarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private static readonly LoadShape[] Shapes =
    [
        new("single: 100 streams, an event every 20 ms, each its own write", 100, 200, 1, TimeSpan.FromMilliseconds(20)),
        new("groups: 100 streams, 8 events by one write every 40 ms", 100, 200, 8, TimeSpan.FromMilliseconds(40)),
        new("fast: 16 streams, 8 events a write, as fast as it goes", 16, 200, 8, TimeSpan.Zero),
        new("short: 16 connections, no stream, as fast as it goes", 16, 0, 1, TimeSpan.Zero),
    ];

    internal static Command Command()
    {
        var engine = new Option<int>("--engine-port") { DefaultValueFactory = _ => 8110 };
        var proxyPort = new Option<int>("--proxy-port") { DefaultValueFactory = _ => 8120 };
        var proxyPid = new Option<int>("--proxy-pid") { Required = true };
        var gatewayPort = new Option<int>("--gateway-port") { DefaultValueFactory = _ => 8130 };
        var gatewayPid = new Option<int>("--gateway-pid") { Required = true };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 5 };
        var duration = new Option<double>("--duration") { DefaultValueFactory = _ => 6, Description = "seconds" };
        var shape = new Option<string>("--shape") { DefaultValueFactory = _ => "", Description = "only the shape whose name begins like this" };
        var together = new Option<bool>("--together") { Description = "load proxy and gateway at the same time, so that what disturbs one disturbs both" };
        var command = new Command("compare", "Measures a gateway beside a bare proxy.")
        {
            engine, proxyPort, proxyPid, gatewayPort, gatewayPid, rounds, duration, shape, together,
        };
        command.SetAction((parsed, cancellation) => new GatewayComparison(
            parsed.GetValue(engine),
            new Contestant("YARP", parsed.GetValue(proxyPort), parsed.GetValue(proxyPid)),
            new Contestant("serve", parsed.GetValue(gatewayPort), parsed.GetValue(gatewayPid)),
            parsed.GetValue(rounds),
            TimeSpan.FromSeconds(parsed.GetValue(duration)),
            parsed.GetValue(together)).RunAsync(parsed.GetValue(shape)!, cancellation));
        return command;
    }

    private async Task RunAsync(string only, CancellationToken cancellation)
    {
        Contestant[] contestants = [new("engine", enginePort, 0), proxy, gateway];
        foreach (LoadShape shape in Shapes.Where(shape => shape.Name.StartsWith(only, StringComparison.Ordinal)))
        {
            Console.WriteLine(shape.Name);
            var runs = contestants.ToDictionary(static contestant => contestant, static _ => new List<LoadFigures>());
            for (int round = 0; round < rounds; round++)
            {
                TimeSpan warmUp = round == 0 ? FirstWarmUp : WarmUp;
                // Every other round in the opposite order.
                foreach (Contestant[] turn in Turns(contestants, isReversed: round % 2 == 1))
                {
                    LoadFigures[] figures = await Task.WhenAll(turn.Select(
                        contestant => new CompletionLoad(shape, contestant.Port, contestant.ProcessId).RunAsync(warmUp, duration, cancellation)));
                    foreach ((Contestant contestant, LoadFigures run) in turn.Zip(figures))
                    {
                        runs[contestant].Add(run);
                    }
                }
            }

            Print(shape, contestants, runs);
        }
    }

    /// <summary>Who is loaded at the same time, turn by turn.</summary>
    private IEnumerable<Contestant[]> Turns(Contestant[] contestants, bool isReversed)
    {
        IEnumerable<Contestant[]> turns = isTogether ? [[contestants[0]], contestants[1..]] : contestants.Select(static contestant => new[] { contestant });
        return isReversed ? turns.Reverse() : turns;
    }

    private void Print(LoadShape shape, Contestant[] contestants, Dictionary<Contestant, List<LoadFigures>> runs)
    {
        LoadFigures direct = LoadFigures.Median(runs[contestants[0]]);
        foreach (Contestant contestant in contestants)
        {
            LoadFigures figures = LoadFigures.Median(runs[contestant]);
            Console.Write($"  {contestant.Name,-7}{figures.EventsPerSecond,9:F0} {(shape.Events > 0 ? "events" : "answers")}/s  first p50 {figures.FirstEvent,7:F3} ms ({figures.FirstEvent - direct.FirstEvent:+0.000;-0.000} ms)");
            if (contestant.ProcessId != 0)
            {
                Console.Write($"  CPU {(shape.Events > 0 ? $"{figures.CpuPerEvent,6:F2} µs/event, " : "")}{figures.CpuPerRequest,7:F0} µs/request");
            }

            Console.WriteLine();
        }

        double ratio = LoadFigures.Median(runs[gateway]).CpuPerRequest / LoadFigures.Median(runs[proxy]).CpuPerRequest;
        string pairs = string.Join(", ", runs[gateway].Zip(runs[proxy], static (ours, bare) => $"{ours.CpuPerRequest / bare.CpuPerRequest:F2}"));
        Console.WriteLine($"  ratio  {ratio:F2} (rounds: {pairs})");
    }
}
