using System.Globalization;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>
/// Relieves the instance whose decode step is above the ceiling the most, onto the fullest one that still meets the target. With the tuned
/// rules, when there is none, also the one that is short of room in its KV cache the most.
/// </summary>
/// <remarks>
/// Room is made by moving the oldest request to the instance with the shortest step. That one is the one to take prefills between its decodes
/// when prefills wait long, so it should hold requests that have time in hand; new ones, whose answers may be short, stay undisturbed.
/// </remarks>
internal sealed class BinPackingMitigation(string name, BinPackingSettings settings) : BinPackingPolicy(name, settings)
{
    private protected override Stepping? FindSource(List<Stepping> healthy, ReservedInstances? reserved) =>
        Highest(healthy.Where(IsTooSlow))
        ?? (Room is null ? null : healthy.Where(Room.IsShort).MinBy(Room.ShareOf));

    private protected override Stepping? FindDestination(List<Stepping> healthy, Stepping source, ReservedInstances? reserved)
    {
        IEnumerable<Stepping> fitting = healthy.Where(candidate => candidate != source && candidate.StepMs < Settings.DestinationMs && Fits(candidate, source));
        return IsTooSlow(source)
            ? Highest(fitting)
            : fitting.Where(candidate => candidate.IsDecoding && IsRoomy(candidate)).MinBy(static candidate => candidate.StepMs);
    }

    private protected override RequestSelection Select(Stepping source) => IsTooSlow(source) ? RequestSelection.Newest : RequestSelection.Oldest;

    private protected override string Reason(Stepping source, Stepping destination) => IsTooSlow(source)
        ? base.Reason(source, destination)
        : string.Create(CultureInfo.InvariantCulture, $"room {Room!.ShareOf(source):0.##} and {Room.ShareOf(destination):0.##} of the KV caches");

    private bool IsTooSlow(Stepping candidate) => candidate.StepMs >= Settings.CeilMs;
}
