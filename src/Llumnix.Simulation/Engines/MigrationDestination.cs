namespace Llumnix.Simulation.Engines;

/// <summary>The destination's half of a request's migration: a reserved slot and reserved KV blocks.</summary>
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

    /// <summary>Enlarges the reservation to so many tokens.</summary>
    /// <returns>False when there is no space; the reservation then stays as it was.</returns>
    public bool TryGrow(int tokens) => IsOpen && _engine.TryGrowReservation(_sequence, tokens);

    /// <summary>Continues the request here, after its KV has arrived.</summary>
    /// <param name="request">Its final state at the source.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when the reservation has ended or there is no space for tokens added since; the source then keeps the request.</returns>
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

    /// <summary>Releases the reservation, if it still stands.</summary>
    public void Cancel()
    {
        if (IsOpen)
        {
            _engine.Abort(_sequence.Request.Id);
        }
    }
}
