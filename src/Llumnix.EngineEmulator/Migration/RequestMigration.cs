using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>Moves one request from an engine of this process to a destination, on the real clock.</summary>
internal sealed class RequestMigration(EngineRunner source, IMigrationTarget target, TimeProvider timeProvider)
{
    /// <returns>Null once the request is at the destination; otherwise the reason. It then goes on at the source, unless it has ended.</returns>
    public async Task<string?> RunAsync(string requestId, CancellationToken cancellationToken)
    {
        if (!source.TryMigrateOut(requestId, out MigrationSource? migration, out MigratingRequest? request, out string? refusal))
        {
            return refusal;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, target.Lost);
        try
        {
            return await target.ReserveAsync(request, ending.Token)
                ?? await CopyAsync(migration, ending.Token)
                ?? await target.HandOverAsync(source, migration, ending.Token);
        }
        catch (OperationCanceledException) when (target.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return "the destination has ended";
        }
        finally
        {
            // No effect after a completed hand-over.
            source.Cancel(migration);
            await target.DisposeAsync();
        }
    }

    /// <returns>Null once everything is copied and the request stopped; otherwise the reason.</returns>
    private async Task<string?> CopyAsync(MigrationSource migration, CancellationToken cancellationToken)
    {
        while (true)
        {
            MigrationState state = source.Advance(migration, out TimeSpan wait);
            if (wait == TimeSpan.Zero)
            {
                return state == MigrationState.Stopped ? null : EngineRunner.Text(state);
            }

            // Timers truncate to whole milliseconds.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), timeProvider, cancellationToken);
        }
    }
}
