namespace Llumnix.Gateway.Placement.PowerOfTwo;

/// <summary>How many of this gateway's requests each engine has, whoever placed them. Safe for concurrent use.</summary>
internal sealed class EngineLoads
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EngineKey, int> _inFlight = [];
    private int _total;

    /// <summary>Requests on all engines.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>A request is on an engine from now on.</summary>
    public void Begin(EngineTarget engine)
    {
        EngineKey key = EngineKey.Of(engine);
        lock (_gate)
        {
            _inFlight[key] = _inFlight.GetValueOrDefault(key) + 1;
            _total++;
        }
    }

    /// <summary>A request is no longer on an engine.</summary>
    public void End(EngineTarget engine)
    {
        EngineKey key = EngineKey.Of(engine);
        lock (_gate)
        {
            int left = _inFlight[key] - 1;
            _total--;
            if (left > 0)
            {
                _inFlight[key] = left;
            }
            else
            {
                _inFlight.Remove(key);
            }
        }
    }

    /// <summary>The requests on an engine.</summary>
    public int InFlight(EngineTarget engine)
    {
        EngineKey key = EngineKey.Of(engine);
        lock (_gate)
        {
            return _inFlight.GetValueOrDefault(key);
        }
    }
}
