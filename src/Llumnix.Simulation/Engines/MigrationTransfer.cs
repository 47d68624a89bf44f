using System.Diagnostics.CodeAnalysis;

namespace Llumnix.Simulation.Engines;

/// <summary>
/// Moves one request between two engines of a process that share a clock. Call <see cref="Advance"/> when it is <see cref="Due"/>, until its state is
/// final; both engines may then have new work. When a step ends at the same time as a transfer, complete the step first.
/// </summary>
public sealed class MigrationTransfer
{
    private readonly MigrationSource _source;
    private readonly MigrationDestination _destination;

    private MigrationTransfer(MigrationSource source, MigrationDestination destination)
    {
        _source = source;
        _destination = destination;
        source.Ended = destination.Cancel;
    }

    /// <summary>The migration's state.</summary>
    public MigrationState State => _source.State;

    /// <summary>When to call <see cref="Advance"/> next. Calls at other times have no effect.</summary>
    public TimeSpan Due => _source.Due;

    /// <summary>Rounds of copying begun so far.</summary>
    public int Rounds => _source.Rounds;

    /// <summary>The request's present state, or the one that was handed over.</summary>
    public MigratingRequest Request => _source.Request;

    /// <summary>Begins to move a request. A request without KV has moved when this returns.</summary>
    /// <param name="source">The engine that holds it.</param>
    /// <param name="destination">Another one.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="now">The time.</param>
    /// <param name="transfer">The begun transfer.</param>
    /// <param name="refusal">Why there is no transfer.</param>
    public static bool TryStart(
        EngineModel source,
        EngineModel destination,
        string requestId,
        TimeSpan now,
        [NotNullWhen(true)] out MigrationTransfer? transfer,
        [NotNullWhen(false)] out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        transfer = null;
        if (!source.TryMigrateOut(requestId, now, out MigrationSource? outgoing, out refusal))
        {
            return false;
        }

        if (!destination.TryMigrateIn(outgoing.Request, out MigrationDestination? incoming, out refusal))
        {
            outgoing.Cancel(now);
            return false;
        }

        transfer = new MigrationTransfer(outgoing, incoming);
        transfer.Advance(now);
        return true;
    }

    /// <summary>Takes the steps that are due.</summary>
    public MigrationState Advance(TimeSpan now)
    {
        if (_source.Advance(now).IsOver())
        {
            return State;
        }

        if (!_destination.IsOpen)
        {
            _source.Cancel(now, MigrationState.DestinationLost);
        }
        else if (State == MigrationState.ReadyToStop)
        {
            StopAt(now);
        }

        if (State == MigrationState.Stopped && Due <= now)
        {
            HandOverAt(now);
        }

        return State;
    }

    /// <summary>Cancels the transfer, if it is not over, as when an engine is gone. The request goes on at the source.</summary>
    public void Cancel(TimeSpan now) => _source.Cancel(now);

    private void StopAt(TimeSpan now)
    {
        if (_destination.TryGrow(_source.Request.ComputedTokens))
        {
            _source.Stop(now);
        }
        else
        {
            _source.Cancel(now, MigrationState.DestinationFull);
        }
    }

    private void HandOverAt(TimeSpan now)
    {
        if (_destination.TryResume(_source.Request, now))
        {
            _source.Complete();
        }
        else
        {
            _source.Cancel(now, MigrationState.DestinationFull);
        }
    }
}
