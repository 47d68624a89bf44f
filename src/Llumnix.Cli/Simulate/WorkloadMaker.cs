using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Simulate;

/// <summary>Makes arrivals from a workload's description. The same seed gives the same arrivals.</summary>
internal static class WorkloadMaker
{
    /// <summary>The length of the arrivals where neither it nor a number of requests is given, seconds.</summary>
    public const double DefaultDurationSeconds = 600;

    private const double BurstShare = 0.25;
    private const double BurstFactor = 3;
    private static readonly double QuietFactor = (1 - (BurstShare * BurstFactor)) / (1 - BurstShare);
    private static readonly TimeSpan BurstCycle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Day = TimeSpan.FromMinutes(30);

    /// <summary>The names of the built-in workloads.</summary>
    public static IReadOnlyCollection<string> BuiltInNames { get; } =
        [.. BuiltInWorkloads.All.Select(static workload => workload.Name), ConversationPrompts.Name, SharedPrefixWorkload.Name];

    /// <summary>The rates to play; a single null for the trace's own rate.</summary>
    public static IReadOnlyList<double?> RatesOf(WorkloadScenario workload) => workload.Rates.Count == 0 ? [null] : [.. workload.Rates.Select(rate => (double?)rate)];

    /// <summary>Whether there is a request at a rate.</summary>
    /// <exception cref="ScenarioException">The trace cannot be read.</exception>
    public static bool HasRequests(WorkloadScenario workload, double? rate, int seed) => MakeAny(workload, rate, seed, CancellationToken.None).Count > 0;

    /// <summary>The arrivals at a rate.</summary>
    /// <param name="workload">The description.</param>
    /// <param name="rate">Requests per second; null: the trace's own or the workload's.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="cancellation">Ends early.</param>
    /// <exception cref="ScenarioException">The trace cannot be read, or nothing arrives.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static IReadOnlyList<RequestArrival> Make(WorkloadScenario workload, double? rate, int seed, CancellationToken cancellation = default) =>
        MakeAny(workload, rate, seed, cancellation) is { Count: > 0 } arrivals ? arrivals : throw new ScenarioException("workload.duration: no request arrives within it; use a longer one or a higher rate");

    private static IReadOnlyList<RequestArrival> MakeAny(WorkloadScenario workload, double? rate, int seed, CancellationToken cancellation)
    {
        TraceReading? reading = workload.ReadTrace();
        IReadOnlyList<RequestArrival>? trace = reading?.Error is { } error ? throw new ScenarioException(error) : reading?.Arrivals;
        ArrivalPattern pattern = workload.Arrivals ?? (trace is null ? ArrivalPattern.Poisson : ArrivalPattern.Trace);
        IReadOnlyList<RequestArrival> arrivals = pattern == ArrivalPattern.Trace
            ? Retime(trace ?? [], rate)
            : Generate(workload, trace, pattern, rate, seed, cancellation);
        if (workload.Requests is { } requests)
        {
            arrivals = [.. arrivals.Take(requests)];
        }

        if (workload.DurationSeconds is { } seconds)
        {
            arrivals = arrivals.CutAt(TimeSpan.FromSeconds(seconds));
        }

        return arrivals;
    }

    /// <summary>The time of the last arrival of a trace that is played as it was recorded, or sped up, at the lowest rate, seconds; null: there is no such trace.</summary>
    public static double? RecordedLengthOf(WorkloadScenario workload)
    {
        if (workload.Arrivals is not (null or ArrivalPattern.Trace) || workload.ReadTrace() is not { Error: null } reading)
        {
            return null;
        }

        IReadOnlyList<RequestArrival> trace = reading.Arrivals;
        double recorded = trace[Math.Min(trace.Count, workload.Requests ?? int.MaxValue) - 1].Offset.TotalSeconds;
        return workload.Rates.Count == 0 ? recorded : recorded * RateOf(trace) / workload.Rates.Min();
    }

    /// <summary>Mean arrivals per second.</summary>
    public static double RateOf(IReadOnlyList<RequestArrival> arrivals) =>
        arrivals.Count < 2 ? 0 : (arrivals.Count - 1) / Math.Max(1e-9, (arrivals[^1].Offset - arrivals[0].Offset).TotalSeconds);

    private static IReadOnlyList<RequestArrival> Retime(IReadOnlyList<RequestArrival> trace, double? rate) =>
        rate is { } wanted ? trace.SpeedUp(wanted / RateOf(trace)) : trace;

    private static List<RequestArrival> Generate(
        WorkloadScenario workload, IReadOnlyList<RequestArrival>? trace, ArrivalPattern pattern, double? rate, int seed, CancellationToken cancellation)
    {
        (double defaultRate, Func<TimeSpan, RequestArrival> draw) = BuiltIn(workload.Name, new Random(seed + 1));
        double mean = rate ?? (trace is null ? defaultRate : RateOf(trace));
        double limit = workload.DurationSeconds ?? (workload.Requests is null && trace is null ? DefaultDurationSeconds : double.PositiveInfinity);
        int most = Math.Min(workload.Requests ?? PoissonWorkload.MaxRequests, trace?.Count ?? PoissonWorkload.MaxRequests);
        var times = new Random(seed);
        var arrivals = new List<RequestArrival>();
        double peak = mean * PeakOf(pattern);
        double seconds = 0;
        while (arrivals.Count < most)
        {
            cancellation.ThrowIfCancellationRequested();
            // Thinning: of a Poisson process at the peak rate, each arrival is kept with probability rate(t) / peak.
            seconds -= Math.Log(1 - times.NextDouble()) / peak;
            if (seconds >= limit)
            {
                break;
            }

            if (times.NextDouble() * peak < mean * FactorAt(pattern, seconds))
            {
                TimeSpan offset = TimeSpan.FromSeconds(seconds);
                arrivals.Add(trace is null
                    ? draw(offset)
                    : trace[arrivals.Count] with { Offset = offset });
            }
        }

        return arrivals;
    }

    /// <summary>A built-in workload's own rate, and the function that draws its requests.</summary>
    private static (double DefaultRate, Func<TimeSpan, RequestArrival> Draw) BuiltIn(string name, Random random)
    {
        if (name == SharedPrefixWorkload.Name)
        {
            return (SharedPrefixWorkload.DefaultRate, new SharedPrefixPrompts(random).Next);
        }

        if (name == ConversationPrompts.Name)
        {
            return (ConversationPrompts.DefaultRate, new ConversationPrompts(random).Next);
        }

        return BuiltInWorkloads.TryFind(name, out PoissonWorkload? workload)
            ? (workload.DefaultRate, offset => new RequestArrival(offset, workload.PromptTokens.Sample(random), workload.OutputTokens.Sample(random)))
            : throw new ScenarioException($"unknown workload '{name}'; known: {string.Join(", ", BuiltInNames)}");
    }

    private static double PeakOf(ArrivalPattern pattern) => pattern switch
    {
        ArrivalPattern.Bursty => BurstFactor,
        ArrivalPattern.Diurnal => 1.5,
        _ => 1,
    };

    private static double FactorAt(ArrivalPattern pattern, double seconds) => pattern switch
    {
        ArrivalPattern.Bursty => seconds % BurstCycle.TotalSeconds < BurstShare * BurstCycle.TotalSeconds ? BurstFactor : QuietFactor,
        ArrivalPattern.Diurnal => 1 - (0.5 * Math.Cos(2 * Math.PI * seconds / Day.TotalSeconds)),
        _ => 1,
    };
}
