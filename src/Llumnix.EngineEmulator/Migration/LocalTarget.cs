using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>A destination in this process.</summary>
internal sealed class LocalTarget(EngineRunner destination, CancellationToken lost) : IMigrationTarget
{
    private MigrationDestination? _reservation;

    public CancellationToken Lost => lost;

    public Task<string?> ReserveAsync(MigratingRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(destination.TryMigrateIn(request, out _reservation, out string? refusal) ? null : refusal);

    public Task<string?> HandOverAsync(EngineRunner source, MigrationSource migration, CancellationToken cancellationToken) =>
        Task.FromResult(source.HandOver(migration, destination, _reservation!));

    public ValueTask DisposeAsync()
    {
        if (_reservation is not null)
        {
            destination.Cancel(_reservation);
        }

        return ValueTask.CompletedTask;
    }
}
