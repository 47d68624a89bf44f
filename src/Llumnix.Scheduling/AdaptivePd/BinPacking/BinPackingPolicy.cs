using System.Globalization;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>What both bin packing policies do: at most one pair, out of the decode step times as they are now.</summary>
internal abstract class BinPackingPolicy(BinPackingSettings settings) : ReschedulingPolicy
{
    private static readonly KvCacheTokensLeft KvLeft = new();

    private protected BinPackingSettings Settings { get; } = settings;

    /// <inheritdoc/>
    internal sealed override void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan)
    {
        var reserved = snapshot.Facts as ReservedInstances;
        List<Stepping> healthy = [.. snapshot.Instances
            .Where(instance => instance.Health == InstanceHealth.Ok && instance.Id != reserved?.Prefill)
            .Select(instance => new Stepping(
                instance, Settings.Predictor.DecodeStepMs(instance), FullModeMetrics.DecodeBatchSize.Evaluate(instance) > 0))];
        if (FindSource([.. healthy.Where(static candidate => MigrationEnds.WhyNothingLeaves(candidate.Instance) is null)], reserved) is not { } source)
        {
            plan.Note(Name, null, "no source");
        }
        else if (FindDestination([.. healthy.Where(candidate => CanTake(candidate, source))], source, reserved) is not { } destination)
        {
            plan.Note(Name, source.Instance.Id, "no destination");
        }
        else
        {
            plan.Add(Name, source.Instance, destination.Instance, Select(source), Reason(source, destination));
        }
    }

    private static bool CanTake(Stepping candidate, Stepping source) => MigrationEnds.AreAlike(candidate.Instance.Metadata, source.Instance.Metadata)
        && MigrationEnds.WhyNothingComes(candidate.Instance) is null;

    /// <summary>
    /// Whether a request of the source's mean length fits into the destination's KV cache and step; how long the one that leaves is, only the
    /// source knows. Always with the plain rules.
    /// </summary>
    private protected bool Fits(Stepping destination, Stepping source)
    {
        if (Settings.Rules == AdaptivePdRules.Plain)
        {
            return true;
        }

        double tokens = FullModeMetrics.AllDecodesTokens.Evaluate(source.Instance)
            / Math.Max(1, FullModeMetrics.DecodeBatchSize.Evaluate(source.Instance));
        return RoomOf(destination) >= tokens + Settings.ExpectedOutputTokens
            && Settings.Predictor.TpotMs(destination.Instance, new RequestFacts((int)Math.Min(int.MaxValue, tokens))) < Settings.DestinationMs;
    }

    /// <summary>
    /// Whether an instance has so much room left that it is not the next one to be short of it when a request moves there. Always with the plain rules.
    /// </summary>
    private protected bool IsRoomy(Stepping candidate) => Settings.Rules == AdaptivePdRules.Plain
        || RoomShareOf(candidate) >= AdaptivePdTuning.Default.RoomyFromShare;

    /// <summary><see cref="RoomOf"/> as a share of the KV cache; NaN, which is neither much nor little, where its size is not known.</summary>
    private protected static double RoomShareOf(Stepping candidate) => candidate.Instance.Status.TotalGpuTokens > 0
        ? RoomOf(candidate) / candidate.Instance.Status.TotalGpuTokens
        : double.NaN;

    /// <summary>KV tokens that are left once those that decode there have grown twice as far as placements reserve for them.</summary>
    private protected static double RoomOf(Stepping candidate) => KvLeft.Evaluate(candidate.Instance)
        - (AdaptivePdTuning.Default.PlannedGrowthFactor * AdaptivePdTuning.Default.GrowthTokensPerDecode * FullModeMetrics.DecodeBatchSize.Evaluate(candidate.Instance));

    /// <summary>The values that speak for a pair.</summary>
    private protected virtual string Reason(Stepping source, Stepping destination) =>
        string.Create(CultureInfo.InvariantCulture, $"predicted_tpot {source.StepMs:0.##} ms and {destination.StepMs:0.##} ms");

    /// <summary>Which request leaves.</summary>
    private protected virtual RequestSelection Select(Stepping source) => RequestSelection.Newest;

    private protected abstract Stepping? FindSource(List<Stepping> healthy, ReservedInstances? reserved);

    private protected abstract Stepping? FindDestination(List<Stepping> healthy, Stepping source, ReservedInstances? reserved);

    /// <summary>The first of those with the longest step.</summary>
    private protected static Stepping? Highest(IEnumerable<Stepping> candidates) => candidates.MaxBy(static candidate => candidate.StepMs);

    /// <param name="Instance">The instance.</param>
    /// <param name="StepMs">The decode part of its steps, in milliseconds.</param>
    /// <param name="IsDecoding">Whether it has decodes.</param>
    private protected sealed record Stepping(FullModeInstance Instance, double StepMs, bool IsDecoding);
}
