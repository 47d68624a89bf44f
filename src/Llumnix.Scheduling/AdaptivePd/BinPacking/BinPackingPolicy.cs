using System.Globalization;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>Base of both bin packing policies: plans at most one pair, from the present decode step times.</summary>
internal abstract class BinPackingPolicy(string name, AdaptivePdTargets targets) : ReschedulingPolicy
{
    /// <inheritdoc/>
    public sealed override string Name => name;

    private protected AdaptivePdTargets Targets { get; } = targets;

    private DecodeStepTime StepTime { get; } = new(targets.Predictor);

    /// <summary>The KV headroom that the tuned rules consider; null with the plain rules.</summary>
    private protected KvHeadroom? Room { get; } = targets.Rules == AdaptivePdRules.Plain ? null : new KvHeadroom(targets, AdaptivePdTuning.Default);

    /// <inheritdoc/>
    public sealed override void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan)
    {
        var reserved = snapshot.Facts as ReservedInstances;
        List<Stepping> healthy = [.. snapshot.Instances
            .Where(instance => instance.Health == InstanceHealth.Ok && instance.Id != reserved?.Prefill)
            .Select(instance => new Stepping(
                instance, StepTime.Evaluate(instance), FullModeMetrics.DecodeBatchSize.Evaluate(instance) > 0))];
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

    /// <summary>Whether a request of the source fits into the destination. Always true with the plain rules.</summary>
    private protected bool Fits(Stepping destination, Stepping source) => Room is null || Room.Fits(destination, source);

    /// <summary>Whether a destination keeps ample headroom. Always true with the plain rules.</summary>
    private protected bool HasAmpleHeadroom(Stepping candidate) => Room is null || Room.HasAmpleHeadroom(candidate);

    /// <summary>The values that explain a pair.</summary>
    private protected virtual string Reason(Stepping source, Stepping destination) =>
        string.Create(CultureInfo.InvariantCulture, $"predicted_tpot {source.StepMs:0.##} ms and {destination.StepMs:0.##} ms");

    /// <summary>The request that migrates.</summary>
    private protected virtual RequestSelection Select(Stepping source) => RequestSelection.Newest;

    private protected abstract Stepping? FindSource(List<Stepping> healthy, ReservedInstances? reserved);

    private protected abstract Stepping? FindDestination(List<Stepping> healthy, Stepping source, ReservedInstances? reserved);

    /// <summary>The first one with the longest step.</summary>
    private protected static Stepping? Highest(IEnumerable<Stepping> candidates) => candidates.MaxBy(static candidate => candidate.StepMs);
}
