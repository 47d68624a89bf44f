using System.Globalization;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>
/// Relieves the instance with the longest decode step above the ceiling. The destination is the fullest instance that still meets the target. With
/// the tuned rules, when no step is above the ceiling, relieves the instance with the least KV headroom.
/// </summary>
/// <remarks>
/// KV headroom is made by moving the oldest request to the instance with the shortest step. That instance is the first to take prefills between its
/// decodes when prefills wait long, so it should hold requests with a slack budget; new requests, whose answers may be short, are not moved.
/// </remarks>
internal sealed class BinPackingMitigation(string name, AdaptivePdTargets targets) : BinPackingPolicy(name, targets)
{
    private protected override Stepping? FindSource(List<Stepping> healthy, ReservedInstances? reserved) =>
        Highest(healthy.Where(IsTooSlow))
        ?? (Room is null ? null : healthy.Where(Room.IsShort).MinBy(Room.ShareOf));

    private protected override Stepping? FindDestination(List<Stepping> healthy, Stepping source, ReservedInstances? reserved)
    {
        IEnumerable<Stepping> fitting = healthy.Where(candidate => candidate != source && candidate.StepMs < Targets.PackingLimitMs && Fits(candidate, source));
        return IsTooSlow(source)
            ? Highest(fitting)
            : fitting.Where(candidate => candidate.IsDecoding && HasAmpleHeadroom(candidate)).MinBy(static candidate => candidate.StepMs);
    }

    private protected override RequestSelection Select(Stepping source) => IsTooSlow(source) ? RequestSelection.Newest : RequestSelection.Oldest;

    private protected override string Reason(Stepping source, Stepping destination) => IsTooSlow(source)
        ? base.Reason(source, destination)
        : string.Create(CultureInfo.InvariantCulture, $"room {Room!.ShareOf(source):0.##} and {Room.ShareOf(destination):0.##} of the KV caches");

    private bool IsTooSlow(Stepping candidate) => candidate.StepMs >= Targets.RelieveFromMs;
}
