using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Rescheduling;

/// <summary>
/// Empties the draining instances onto healthy ones of their infer type: one destination for each in a cycle, the one with the fewest requests, and no more
/// than makes it level with the others, so that the load spreads. Waiting requests go first, which cost nothing to move, then the shortest. What finds no room ends where it is.
/// </summary>
internal sealed class DrainPolicy : ReschedulingPolicy
{
    /// <summary>
    /// So many requests may go to a destination even when it is level with the others, where dispatch has made all level meanwhile: with even parts of what is left, each
    /// cycle would move fewer and the last ones would take the longest.
    /// </summary>
    private const int SmallPart = 16;

    /// <inheritdoc/>
    public override string Name => "drain";

    /// <inheritdoc/>
    public override void Plan(ReschedulingSnapshot snapshot, PlanBuilder plan)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (FullModeInstance source in snapshot.Instances.Where(static instance => instance.Health == InstanceHealth.Draining))
        {
            if (WhyNot(source, plan) is { } reason)
            {
                plan.Note(Name, source.Id, reason);
                continue;
            }

            FullModeInstance[] alike =
            [
                .. snapshot.Instances.Where(other =>
                    other.InferType == source.InferType
                    && other.Health == InstanceHealth.Ok
                    && MigrationEnds.AreAlike(source.Metadata, other.Metadata)),
            ];
            // A destination at a time, since the statuses do not show yet what it gets in this cycle.
            FullModeInstance? destination = alike
                .Where(other => !taken.Contains(other.Id) && !plan.IsUnsettled(other) && Room(source, other) >= 1)
                .OrderBy(RequestsOf)
                .ThenBy(static other => other.Id, StringComparer.Ordinal)
                .FirstOrDefault();
            if (destination is null)
            {
                plan.Note(Name, source.Id, alike.Length == 0 ? "no healthy instance of its kind" : "no destination of its kind has room now");
                continue;
            }

            // What lifts the destination to the level that all have when the source is empty: each gets its part in one cycle.
            double level = (MigrationEnds.Requests(source.Status) + alike.Sum(RequestsOf)) / alike.Length;
            double size = Math.Min(Math.Max(Math.Ceiling(level - RequestsOf(destination)), SmallPart), Room(source, destination));
            var selection = new RequestSelection(
                RequestSelectRule.Requests,
                RequestSelectOrder.FirstComeWaitingThenShortestRunning,
                Math.Clamp(size, 1, MigrationEnds.Requests(source.Status)));
            if (plan.Add(Name, source, destination, selection, "the source is draining"))
            {
                taken.Add(destination.Id);
            }
        }
    }

    private static string? WhyNot(FullModeInstance source, PlanBuilder plan) =>
        MigrationEnds.Requests(source.Status) <= 0 ? "nothing to migrate"
        : MigrationEnds.WhyNothingLeaves(source)
        ?? (plan.IsRestingWhileFailing(source) ? "it has not reported since its last migration" : null);

    private static double RequestsOf(FullModeInstance instance) => MigrationEnds.Requests(instance.Status) + instance.Dispatched.Requests;

    /// <summary>How many requests of the source's mean size the destination has room for.</summary>
    private static double Room(FullModeInstance source, FullModeInstance destination)
    {
        if (MigrationEnds.WhyNothingComes(destination) is not null)
        {
            return 0;
        }

        double meanTokens = (double)Math.Max(0, source.Status.UsedGpuTokens) / MigrationEnds.Requests(source.Status);
        return meanTokens > 0 ? Math.Floor(MigrationEnds.HeadroomTokens(destination) / meanTokens) : double.PositiveInfinity;
    }
}
