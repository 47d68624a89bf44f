using System.Diagnostics.CodeAnalysis;

namespace Llumnix.Simulation.Engines;

/// <summary>
/// Moves one request between two engines of a process that share a clock. Call <see cref="Advance"/> when it is <see cref="Due"/>, until
/// its state is over; both engines may then have something new to compute. Of two things at the same time, steps come first.
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

    /// <summary>Where it stands.</summary>
    public MigrationState State => _source.State;

    /// <summary>When to call <see cref="Advance"/> next. It does no harm to call it at other times too.</summary>
    public TimeSpan Due => _source.Due;

    /// <summary>Rounds of copying begun so far.</summary>
    public int Rounds => _source.Rounds;

    /// <summary>The request as it stands, or as it was handed over.</summary>
    public MigratingRequest Request => _source.Request;

    /// <summary>Begins to move a request. One without KV has moved when this returns.</summary>
    /// <param name="source">The engine that holds it.</param>
    /// <param name="destination">Another one.</param>
    /// <param name="requestId">The request.</param>
    /// <param name="now">The time.</param>
    /// <param name="transfer">The transfer under way.</param>
    /// <param name="refusal">Why there is none.</param>
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

    /// <summary>Does what is due.</summary>
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

    /// <summary>Calls the transfer off, if it is not over, because an engine is gone or for any other reason. The request goes on at the source.</summary>
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
