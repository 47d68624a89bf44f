using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>The connection of a migration to its destination. Disposal before the hand-over releases the reservation.</summary>
internal interface IMigrationTarget : IAsyncDisposable
{
    /// <summary>Cancelled when the destination is gone.</summary>
    CancellationToken Lost { get; }

    /// <summary>Reserves a slot and space.</summary>
    /// <returns>Null, or the reason for the refusal.</returns>
    Task<string?> ReserveAsync(MigratingRequest request, CancellationToken cancellationToken);

    /// <summary>Hands the stopped request over.</summary>
    /// <returns>Null, or the reason why the request stays at the source.</returns>
    Task<string?> HandOverAsync(EngineRunner source, MigrationSource migration, CancellationToken cancellationToken);
}
