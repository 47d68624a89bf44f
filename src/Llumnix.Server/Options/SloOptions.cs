using Llumnix.Scheduling.Slo;

namespace Llumnix.Server.Options;

/// <summary>Latency targets and profiling tables of the <c>slo</c> policy.</summary>
public sealed record SloOptions
{
    // Null: not set.
    private readonly double? _ttftDispatchThreshold;
    private readonly double? _tpotDispatchThreshold;
    private readonly SloOverload? _overload;

    /// <summary>JSON table of prefill times; required by the policy.</summary>
    public string TtftProfilingDataPath { get; init; } = "";

    /// <summary>JSON table of decode step times; required by the policy.</summary>
    public string TpotProfilingDataPath { get; init; } = "";

    /// <summary>Target time to first token.</summary>
    public TimeSpan Ttft { get; init; } = TimeSpan.FromMilliseconds(6000);

    /// <summary>Target time per output token.</summary>
    public TimeSpan Tpot { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Share of <see cref="Ttft"/> up to which an instance is eligible; above 0. 0.95 unless set with adaptive PD and its tuned rules.</summary>
    public double TtftDispatchThreshold
    {
        get => _ttftDispatchThreshold ?? 1.0;
        init => _ttftDispatchThreshold = value;
    }

    /// <summary>Share of <see cref="Tpot"/> up to which an instance is eligible; above 0. 0.85 unless set when adaptive PD is on.</summary>
    public double TpotDispatchThreshold
    {
        get => _tpotDispatchThreshold ?? 1.0;
        init => _tpotDispatchThreshold = value;
    }

    /// <summary>What happens to a request whose target nobody can meet.</summary>
    public SloOverload Overload
    {
        get => _overload ?? SloOverload.Reject;
        init => _overload = value;
    }

    /// <summary>How long a request is deferred with <see cref="SloOverload.Hold"/>; 1 ms to 1 h.</summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromMilliseconds(8000);

    /// <summary>A decode needs room in the KV cache for its prompt and this many tokens more; 0 or above.</summary>
    public int ExpectedOutputTokens { get; init; } = 256;

    /// <summary>The options with other defaults; what was set stays.</summary>
    /// <param name="ttftThreshold">For <see cref="TtftDispatchThreshold"/>.</param>
    /// <param name="tpotThreshold">For <see cref="TpotDispatchThreshold"/>.</param>
    /// <param name="overload">For <see cref="Overload"/>.</param>
    public SloOptions WithDefaults(double ttftThreshold, double tpotThreshold, SloOverload overload) => this with
    {
        TtftDispatchThreshold = _ttftDispatchThreshold ?? ttftThreshold,
        TpotDispatchThreshold = _tpotDispatchThreshold ?? tpotThreshold,
        Overload = _overload ?? overload,
    };
}
