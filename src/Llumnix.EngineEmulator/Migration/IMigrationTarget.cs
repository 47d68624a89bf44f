using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>A request's way to its destination. Disposal before the hand-over gives the reservation back.</summary>
internal interface IMigrationTarget : IAsyncDisposable
{
    /// <summary>Cancelled when the destination has gone away.</summary>
    CancellationToken Lost { get; }

    /// <summary>Asks for a slot and space.</summary>
    /// <returns>Null; or why there is none.</returns>
    Task<string?> ReserveAsync(MigratingRequest request, CancellationToken cancellationToken);

    /// <summary>Hands the stopped request over.</summary>
    /// <returns>Null; or why it stays with the source.</returns>
    Task<string?> HandOverAsync(EngineRunner source, MigrationSource migration, CancellationToken cancellationToken);
}
