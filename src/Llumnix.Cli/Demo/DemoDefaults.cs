using Llumnix.Scheduling.Requests;

namespace Llumnix.Cli.Demo;

/// <summary>
/// Load and target of a demo where none are given. Of four engines: a load at which placement matters, short of queues that only grow, and a target that the
/// policy meets for most requests. Chosen in the simulator, on models of the same fleets.
/// </summary>
/// <param name="Rate">Requests per second.</param>
/// <param name="TpotMs">Target time per output token, milliseconds.</param>
internal sealed record DemoDefaults(double Rate, double TpotMs)
{
    private static readonly DemoDefaults CacheAware = new(20, 50);
    private static readonly DemoDefaults AdaptivePd = new(45, 50);
    private static readonly DemoDefaults Slo = new(37, 50);
    private static readonly DemoDefaults Disaggregated = new(28, 50);
    private static readonly DemoDefaults Rescheduling = new(16, 35);
    // What the three that are left can carry: with more, all of them are full, and there is nowhere to move to.
    private static readonly DemoDefaults ReschedulingAfterCrash = Rescheduling with { Rate = 11.5 };
    private static readonly DemoDefaults Neutral = new(20, 40);

    /// <summary>The rates, for the help.</summary>
    internal static string Rates { get; } =
        FormattableString.Invariant($"{Neutral.Rate}; {Disaggregated.Rate} with --mode pd_batch or pd_staged, {Slo.Rate} with --policy slo, {AdaptivePd.Rate} with --adaptive-pd, ")
        + FormattableString.Invariant($"{CacheAware.Rate} with --cache-aware, {Rescheduling.Rate} with --rescheduling, and {ReschedulingAfterCrash.Rate} where an engine is killed, too");

    /// <summary>The targets, for the help.</summary>
    internal static string Targets { get; } = FormattableString.Invariant($"{Neutral.TpotMs}; {Slo.TpotMs} with slo, --adaptive-pd and prefill apart from decode, {Rescheduling.TpotMs} with --rescheduling");

    /// <summary>The defaults of what is shown.</summary>
    internal static DemoDefaults Of(string policy, SchedulingMode mode, bool isCacheAware, bool isAdaptivePd, bool isRescheduling, bool isEngineKilled) =>
        isCacheAware ? CacheAware
        : isAdaptivePd ? AdaptivePd
        : policy == "slo" ? Slo
        : mode != SchedulingMode.Neutral ? Disaggregated
        : isRescheduling ? (isEngineKilled ? ReschedulingAfterCrash : Rescheduling)
        : Neutral;
}
