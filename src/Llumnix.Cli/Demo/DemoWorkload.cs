using System.CommandLine;
using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Demo;

/// <summary>The requests of a demo: those of a trace, which is read once, or those of a built-in workload.</summary>
internal sealed class DemoWorkload
{
    private TraceReading? _trace;

    /// <summary>Requests per second of the built-in workload, before <c>--speed</c>.</summary>
    internal static double RateOf(ParseResult parsed) => parsed.GetValue(DemoFlags.Rate) ?? DemoFlags.DefaultsOf(parsed).Rate;

    /// <summary>Reads the trace that is given, unless it has been read.</summary>
    internal TraceReading ReadTrace(ParseResult parsed) => _trace ??= TraceFile.Read(parsed.GetValue(DemoFlags.Trace)!);

    /// <summary>Makes the arrivals of a run.</summary>
    internal IReadOnlyList<RequestArrival> MakeArrivals(ParseResult parsed)
    {
        double speed = parsed.GetValue(DemoFlags.Speed);
        IReadOnlyList<RequestArrival> arrivals = parsed.GetValue(DemoFlags.Trace) is null
            ? Generate(parsed, RateOf(parsed), DemoFlags.RunOf(parsed) * speed)
            : ReadTrace(parsed).Arrivals;
        return arrivals.SpeedUp(speed).CutAt(DemoFlags.RunOf(parsed));
    }

    private static IReadOnlyList<RequestArrival> Generate(ParseResult parsed, double rate, TimeSpan duration) => parsed.GetValue(DemoFlags.CacheAware)
        ? SharedPrefixWorkload.Generate(rate, duration, parsed.GetValue(DemoFlags.Seed))
        : BuiltInWorkloads.AzureConversation.Generate(rate, duration, parsed.GetValue(DemoFlags.Seed));
}
