namespace Llumnix.Simulation.Engines;

/// <summary>
/// The source's half of a request's migration. The KV is copied in rounds while the request goes on decoding: each round copies the tokens
/// that have KV and are not copied yet. When less than a block is left, or after eight rounds, the request is stopped and the rest copied.
/// </summary>
/// <remarks>
/// Made by <see cref="EngineModel.TryMigrateOut"/>. Call <see cref="Advance"/> when it is <see cref="Due"/>; <see cref="Stop"/> once it is
/// <see cref="MigrationState.ReadyToStop"/>; then, when due again, <see cref="Complete"/>. A waiting request has nothing to copy: it is
/// stopped, and out of the queue, from the start. The engine ends the migration when the request ends.
/// </remarks>
public sealed class MigrationSource
{
    private const int MaxRounds = 8;

    private readonly EngineModel _engine;
    private int _copied;
    private int _copying;
    private MigratingRequest? _final;

    internal MigrationSource(EngineModel engine, Sequence sequence, TimeSpan now)
    {
        _engine = engine;
        Sequence = sequence;
        if (sequence.Computed > 0)
        {
            CopyRest(now);
        }
        else
        {
            engine.StopMigrating(sequence);
            (State, Due) = (MigrationState.Stopped, now);
        }
    }

    /// <summary>The migration's state.</summary>
    public MigrationState State { get; private set; }

    /// <summary>When the present transfer is done.</summary>
    public TimeSpan Due { get; private set; }

    /// <summary>Copy rounds begun so far, the last one with the request stopped included.</summary>
    public int Rounds { get; private set; }

    /// <summary>The request's state for the destination. It no longer changes once the request is stopped or the migration over.</summary>
    public MigratingRequest Request => _final ?? new(Sequence.Request, Sequence.Emitted, Sequence.Computed, Sequence.NeedsLoad);

    internal Sequence Sequence { get; }

    /// <summary>Called from inside the engine when the migration is over.</summary>
    internal Action? Ended { get; set; }

    /// <summary>Begins the next copy round when the one before is done.</summary>
    public MigrationState Advance(TimeSpan now)
    {
        while (State == MigrationState.Copying && Due <= now)
        {
            _copied = _copying;
            if (Rounds == MaxRounds || Sequence.Computed - _copied < _engine.Configuration.BlockSize)
            {
                State = MigrationState.ReadyToStop;
            }
            else
            {
                CopyRest(now);
            }
        }

        return State;
    }

    /// <summary>Takes the request out of the batch and begins to copy the rest. The token of a step in progress is left to the destination.</summary>
    /// <exception cref="InvalidOperationException">The migration is not ready for that.</exception>
    public void Stop(TimeSpan now)
    {
        Require(MigrationState.ReadyToStop);
        _engine.StopMigrating(Sequence);
        CopyRest(now);
        State = MigrationState.Stopped;
    }

    /// <summary>Ends the migration after the destination has taken over: frees the KV here.</summary>
    /// <exception cref="InvalidOperationException">The request is not stopped.</exception>
    public void Complete()
    {
        Require(MigrationState.Stopped);
        _engine.EndMigrated(Sequence);
    }

    /// <summary>Cancels the migration, if it is not over; the request continues here with its present state.</summary>
    /// <param name="now">The time.</param>
    /// <param name="reason">The state that the migration ends in.</param>
    public void Cancel(TimeSpan now, MigrationState reason = MigrationState.Cancelled)
    {
        if (!State.IsOver())
        {
            bool stopped = State == MigrationState.Stopped;
            _engine.StopMigratingOut(Sequence, reason);
            if (stopped)
            {
                _engine.ResumeMigrating(Sequence, now);
            }
        }
    }

    internal void End(MigrationState reason)
    {
        _final = Request;
        State = reason;
        Ended?.Invoke();
    }

    private void CopyRest(TimeSpan now)
    {
        Rounds++;
        _copying = Sequence.Computed;
        double bytes = (double)(_copying - _copied) * _engine.Configuration.KvBytesPerToken;
        Due = now + TimeSpan.FromSeconds(bytes / _engine.Configuration.KvTransferBytesPerSecond);
    }

    private void Require(MigrationState state)
    {
        if (State != state)
        {
            throw new InvalidOperationException($"The migration of {Sequence.Request.Id} is {State}, not {state}.");
        }
    }
}
