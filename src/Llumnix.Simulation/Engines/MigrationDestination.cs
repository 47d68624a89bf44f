namespace Llumnix.Simulation.Engines;

/// <summary>The destination's half of a request's migration: a slot, and KV blocks that wait for their content.</summary>
public sealed class MigrationDestination
{
    private readonly EngineModel _engine;
    private readonly Sequence _sequence;

    internal MigrationDestination(EngineModel engine, Sequence sequence)
    {
        _engine = engine;
        _sequence = sequence;
    }

    /// <summary>Whether the reservation still stands: not resumed, not cancelled, and not aborted by the engine.</summary>
    public bool IsOpen => _engine.IsReserved(_sequence);

    /// <summary>Makes room for so many tokens.</summary>
    /// <returns>False when there is no space; what was reserved before stays.</returns>
    public bool TryGrow(int tokens) => IsOpen && _engine.TryGrowReservation(_sequence, tokens);

    /// <summary>The KV is there: the request goes on here.</summary>
    /// <param name="request">Its final state at the source.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when the reservation is gone or there is no space for what was added to it; it then remains with the source.</returns>
    public bool TryResume(MigratingRequest request, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!TryGrow(request.ComputedTokens))
        {
            return false;
        }

        _engine.Resume(_sequence, request, now);
        return true;
    }

    /// <summary>Gives the reservation back, if it still stands.</summary>
    public void Cancel()
    {
        if (IsOpen)
        {
            _engine.Abort(_sequence.Request.Id);
        }
    }
}
