using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Load;

/// <summary>The scheduler's answer: the instances, or a failure.</summary>
/// <param name="Failure">The failure; null when the request is placed.</param>
/// <param name="Reservations">The instances of the placement; at least one when the request is placed.</param>
internal sealed record ScheduleAnswer(FailureKind? Failure, IReadOnlyList<Reservation> Reservations)
{
    /// <summary>The instance with this role; null when there is none.</summary>
    public Reservation? Find(InferType role) => Reservations.FirstOrDefault(reservation => reservation.InferType == role.ToName());
}
