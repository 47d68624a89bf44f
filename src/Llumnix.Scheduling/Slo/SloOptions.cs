namespace Llumnix.Scheduling.Slo;

/// <summary>Latency targets of the <c>slo</c> policy.</summary>
public sealed record SloOptions
{
    // Null: not set.
    private readonly double? _ttftDispatchThreshold;
    private readonly double? _tpotDispatchThreshold;
    private readonly SloOverload? _overload;

    /// <summary>Target time to first token: <c>--ttft-slo</c>.</summary>
    public TimeSpan Ttft { get; init; } = TimeSpan.FromMilliseconds(6000);

    /// <summary>Target time per output token: <c>--tpot-slo</c>.</summary>
    public TimeSpan Tpot { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Share of <see cref="Ttft"/> up to which an instance is eligible; above 0: <c>--ttft-slo-dispatch-threshold</c>.
    /// Unless set: 0.95 with adaptive PD and its tuned rules, else 1.
    /// </summary>
    public double TtftDispatchThreshold
    {
        get => _ttftDispatchThreshold ?? 1.0;
        init => _ttftDispatchThreshold = value;
    }

    /// <summary>
    /// Share of <see cref="Tpot"/> up to which an instance is eligible; above 0: <c>--tpot-slo-dispatch-threshold</c>.
    /// Unless set: 0.85 with adaptive PD, else 1.
    /// </summary>
    public double TpotDispatchThreshold
    {
        get => _tpotDispatchThreshold ?? 1.0;
        init => _tpotDispatchThreshold = value;
    }

    /// <summary>
    /// What happens to a request whose target no instance can meet: <c>--slo-overload</c>. Unless set: with adaptive PD triage (tuned rules) or spread (plain
    /// rules), else reject. The hosts of the scheduler derive it; a scheduler made from the core alone rejects.
    /// </summary>
    public SloOverload Overload
    {
        get => _overload ?? SloOverload.Reject;
        init => _overload = value;
    }

    /// <summary>
    /// Probability with which a target must hold for an instance to be eligible, above 0 and below 1: <c>--slo-confidence</c>. Predictions are then compared with
    /// the whole target, after a margin learned from their own misses; until enough of these are known the margin is that of the dispatch thresholds. Null:
    /// the dispatch thresholds decide.
    /// </summary>
    public double? Confidence { get; init; }

    /// <summary>How long a request is deferred with <see cref="SloOverload.Hold"/>, above zero: <c>--slo-hold-ms</c>.</summary>
    public TimeSpan HoldLimit { get; init; } = TimeSpan.FromMilliseconds(8000);

    /// <summary>
    /// A decode needs room in the KV cache for its prompt and this many tokens more, not negative: <c>--slo-expected-output-tokens</c>.
    /// </summary>
    public int ExpectedOutputTokens { get; init; } = 256;

    /// <summary>An instance is eligible below this predicted time to first token (with its margin, where there is a confidence), in milliseconds.</summary>
    public double TtftLimitMs => Ttft.TotalMilliseconds * (Confidence is null ? TtftDispatchThreshold : 1);

    /// <summary>An instance is eligible below this predicted time per output token (with its margin, where there is a confidence), in milliseconds.</summary>
    public double TpotLimitMs => Tpot.TotalMilliseconds * (Confidence is null ? TpotDispatchThreshold : 1);

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
