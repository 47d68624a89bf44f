using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>
/// Collects the pairs of a cycle and rejects those that conflict over all policies: source and destination are the same; an instance is source and
/// destination in one cycle (as with A to B and B to A); the pair exists already; the destination is unhealthy; an end is resting; the engines cannot
/// use each other's KV cache; or an instance is in a pair already, except when the source is unhealthy and is emptied.
/// </summary>
/// <param name="resting">The resting instances; null for none.</param>
public sealed class PlanBuilder(RestingInstances? resting)
{
    private readonly List<MigrationPair> _pairs = [];
    private readonly List<PlanNote> _notes = [];
    private readonly HashSet<string> _sources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _destinations = new(StringComparer.Ordinal);
    private readonly HashSet<(string Source, string Destination)> _known = [];

    /// <summary>Adds a pair unless it conflicts.</summary>
    /// <param name="policy">Name of the policy.</param>
    /// <param name="source">The source.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="selection">The requests to move.</param>
    /// <param name="reason">The values that explain the pair.</param>
    /// <returns>Whether the pair was added.</returns>
    public bool Add(string policy, FullModeInstance source, FullModeInstance destination, RequestSelection selection, string reason)
    {
        string? conflict = FindConflict(source, destination, isSourceFailing: source.Health != InstanceHealth.Ok);
        if (conflict is null)
        {
            _known.Add((source.Id, destination.Id));
            _sources.Add(source.Id);
            _destinations.Add(destination.Id);
            _pairs.Add(new MigrationPair(policy, source.Metadata, destination.Metadata, selection));
        }

        _notes.Add(new PlanNote(policy, source.Id, destination.Id, conflict is null, conflict ?? reason));
        return conflict is null;
    }

    /// <summary>Notes that a policy plans nothing, or nothing for a source.</summary>
    public void Note(string policy, string? sourceId, string reason) => _notes.Add(new PlanNote(policy, sourceId, null, false, reason));

    internal ReschedulingPlan Build() => new(_pairs, _notes);

    /// <summary>See <see cref="RestingInstances.IsUnsettled"/>.</summary>
    public bool IsUnsettled(FullModeInstance instance) => resting?.IsUnsettled(instance) ?? false;

    /// <summary>See <see cref="RestingInstances.IsRestingWhileFailing"/>.</summary>
    public bool IsRestingWhileFailing(FullModeInstance instance) => resting?.IsRestingWhileFailing(instance) ?? false;

    private bool IsResting(FullModeInstance instance) => resting?.IsResting(instance) ?? false;

    private string? FindConflict(FullModeInstance source, FullModeInstance destination, bool isSourceFailing) =>
        source.Id == destination.Id ? "source and destination are the same"
        : destination.Health != InstanceHealth.Ok ? "the destination is not healthy"
        : _known.Contains((source.Id, destination.Id)) ? "the pair is there already"
        : _destinations.Contains(source.Id) ? "the source is a destination in this cycle"
        : _sources.Contains(destination.Id) ? "the destination is a source in this cycle"
        : !MigrationEnds.AreAlike(source.Metadata, destination.Metadata) ? "they are engines of another kind"
        : isSourceFailing ? null
        : _sources.Contains(source.Id) ? "the source is one in this cycle already"
        : _destinations.Contains(destination.Id) ? "the destination is one in this cycle already"
        : IsResting(source) ? "the source has not reported since its last migration"
        : IsResting(destination) ? "the destination has not reported since its last migration"
        : null;
}
