using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Benchmarks;

/// <summary>Decisions of steady traffic: each request is placed and, 256 decisions later, released.</summary>
/// <param name="scheduler">What decides.</param>
/// <param name="mode">How requests are served.</param>
/// <param name="prompts">The prompts; null for prompts of which only the length is known.</param>
/// <param name="areLengthsMixed">These have 64 to 8,192 tokens, short ones more often, instead of 1,000.</param>
internal sealed class DecisionLoop(IRequestScheduler scheduler, SchedulingMode mode, LongPrompts? prompts = null, bool areLengthsMixed = false)
{
    private const int InFlight = 256;
    private readonly int[] _lengths = MakeLengths(areLengthsMixed);
    private readonly string[] _ids = [.. Enumerable.Range(0, 4 * InFlight).Select(i => $"request-{i:00000000}")];
    private readonly Placement[] _placements = new Placement[4 * InFlight];
    private int _next;

    /// <summary>One decision, and the release of an earlier one.</summary>
    internal ScheduleOutcome Next()
    {
        int index = _next++ % _ids.Length;
        int ended = (index + _ids.Length - InFlight) % _ids.Length;
        Release(_ids[ended], in _placements[ended]);
        return scheduler.Schedule(
            new PlacementRequest(_ids[index], mode, default, prompts is null ? _lengths[index] : LongPrompts.Tokens, Prefix: prompts?.Next() ?? default),
            out _placements[index]);
    }

    private static int[] MakeLengths(bool areMixed)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, 4 * InFlight).Select(_ => areMixed ? (int)(64 * Math.Pow(2, 7 * random.NextDouble())) : 1000)];
    }

    private void Release(string id, in Placement placement)
    {
        if (placement.First.Instance is not null)
        {
            scheduler.Release(id, ReleaseOf(placement.First));
        }

        if (placement.Second is { } second)
        {
            scheduler.Release(id, ReleaseOf(in second));
        }
    }

    private static ReleasedInstance ReleaseOf(in PlacedInstance placed) =>
        new(
            placed.Instance.Host,
            placed.Instance.Port,
            placed.Role,
            placed.Instance.WireId,
            placed.Instance.Version,
            placed.Instance.DataParallelRank);
}
