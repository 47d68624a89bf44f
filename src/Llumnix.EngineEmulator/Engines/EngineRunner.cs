using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>Drives an engine model on a real clock. Requests carry their <see cref="TokenStream"/> as context. All members may be called from anywhere.</summary>
internal sealed partial class EngineRunner : IRequestHolder, IDisposable
{
    private readonly Lock _gate = new();
    private readonly EngineModel _model;
    private readonly TimeProvider _timeProvider;
    private readonly long _start;
    private readonly WakeSignal _wake;

    // Whose requests are computed here, and whose readers hang on this engine. A migrated request is computed elsewhere.
    private readonly HashSet<TokenStream> _streams = [];
    private readonly HashSet<TokenStream> _connected = [];
    private bool _ended;

    public EngineRunner(EngineConfiguration configuration, TimeProvider timeProvider)
    {
        _model = new EngineModel(configuration);
        _timeProvider = timeProvider;
        _start = timeProvider.GetTimestamp();
        Address = new EngineAddress(configuration.InstanceId, "", 0);
        _wake = new WakeSignal(timeProvider);
        Changed = new WakeSignal(timeProvider);
    }

    /// <summary>Set whenever the status says something new.</summary>
    public WakeSignal Changed { get; }

    public EngineConfiguration Configuration => _model.Configuration;

    public EngineAddress Address { get; init; }

    /// <summary>Streams of requests that are computed here or whose readers hang on this engine.</summary>
    public int OpenStreams
    {
        get
        {
            lock (_gate)
            {
                return _streams.Union(_connected).Count();
            }
        }
    }

    /// <summary>Streams that broke off because the engine ended.</summary>
    public int BrokenStreams { get; private set; }

    /// <summary>How far the engine's wall clock is off.</summary>
    public TimeSpan ClockShift { get; set; }

    public bool Schedulable
    {
        get => _model.Schedulable;
        set
        {
            _model.Schedulable = value;
            Changed.Set();
        }
    }

    private TimeSpan Now => _timeProvider.GetElapsedTime(_start);

    /// <returns>Null when the engine has ended.</returns>
    public AdmissionResult? Add(EngineRequest request)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return null;
            }

            AdmissionResult result = _model.Add(request, Now);
            if (result == AdmissionResult.Accepted)
            {
                var stream = (TokenStream)request.Context!;
                _connected.Add(stream);
                Hold(stream);
                Notify();
            }

            return result;
        }
    }

    /// <summary>A reader that hangs on this engine is gone: its request is aborted, wherever it is.</summary>
    public void Disconnect(TokenStream stream)
    {
        lock (_gate)
        {
            _connected.Remove(stream);
        }

        stream.Abort();
    }

    public bool TryAbort(TokenStream stream)
    {
        lock (_gate)
        {
            // Once its stream is gone the request has ended, and its id may be somebody else's.
            bool held = _streams.Remove(stream);
            if (held)
            {
                _model.Abort(stream.RequestId);
                Notify();
            }

            return held;
        }
    }

    /// <summary>Breaks off a request that is computed here, or whose reader hangs on this engine.</summary>
    /// <returns>False when there is none of this id.</returns>
    public bool Break(string requestId)
    {
        TokenStream? stream;
        lock (_gate)
        {
            stream = _streams.Concat(_connected).FirstOrDefault(stream => stream.RequestId == requestId);
            stream?.Break();
        }

        stream?.Abort();
        return stream is not null;
    }

    public bool IsAwaitingPull(string requestId)
    {
        lock (_gate)
        {
            return _model.IsAwaitingPull(requestId);
        }
    }

    public void ReleaseHeld(string requestId)
    {
        lock (_gate)
        {
            if (_model.ReleaseHeld(requestId))
            {
                Notify();
            }
        }
    }

    /// <summary>The prompt that another engine has computed is there to be loaded.</summary>
    public void StartLoad(string requestId)
    {
        lock (_gate)
        {
            if (_model.StartLoad(requestId, Now))
            {
                Notify();
            }
        }
    }

    /// <summary>The prompt that another engine should have computed has to be computed here.</summary>
    public void LoseKv(string requestId)
    {
        lock (_gate)
        {
            if (_model.LoseKv(requestId))
            {
                Notify();
            }
        }
    }

    public bool IsCached(ulong contentId)
    {
        lock (_gate)
        {
            return _model.IsCached(contentId);
        }
    }

    public long CachedPromptTokens
    {
        get
        {
            lock (_gate)
            {
                return _model.CachedPromptTokens;
            }
        }
    }

    public InstanceStatus Status()
    {
        lock (_gate)
        {
            return _model.Status(Now, _timeProvider.GetUtcNow() + ClockShift);
        }
    }

    public void Dispose()
    {
        _wake.Dispose();
        Changed.Dispose();
    }

    private void Notify()
    {
        _wake.Set();
        Changed.Set();
    }
}
