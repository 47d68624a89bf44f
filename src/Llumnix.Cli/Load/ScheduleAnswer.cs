using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Load;

/// <summary>What the scheduler said to a request: where it goes, or why it goes nowhere.</summary>
/// <param name="Failure">Why not; null when it is placed.</param>
/// <param name="Reservations">The instances given to it; at least one when it is placed.</param>
internal sealed record ScheduleAnswer(FailureKind? Failure, IReadOnlyList<Reservation> Reservations)
{
    /// <summary>The instance with this role; null when there is none.</summary>
    public Reservation? Find(InferType role) => Reservations.FirstOrDefault(reservation => reservation.InferType == role.ToName());
}
