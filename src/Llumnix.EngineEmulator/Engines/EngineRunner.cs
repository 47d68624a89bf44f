using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>Drives an engine model on a real clock. Requests carry their <see cref="TokenStream"/> as context. For any threads.</summary>
internal sealed partial class EngineRunner : IRequestHolder, IDisposable
{
    private readonly Lock _gate = new();
    private readonly EngineModel _model;
    private readonly TimeProvider _timeProvider;
    private readonly long _start;
    private readonly RequestHistograms _histograms;
    private readonly WakeSignal _wake;

    // Streams whose requests are computed here or whose clients are connected to this engine. After a migration these are two engines.
    private readonly HashSet<TokenStream> _streams = [];
    private readonly HashSet<TokenStream> _connected = [];
    private bool _ended;

    public EngineRunner(EngineConfiguration configuration, TimeProvider timeProvider)
    {
        _model = new EngineModel(configuration);
        _timeProvider = timeProvider;
        _start = timeProvider.GetTimestamp();
        Address = new EngineAddress(configuration.InstanceId, "", 0);
        _histograms = new RequestHistograms(timeProvider);
        _wake = new WakeSignal(timeProvider);
        Changed = new WakeSignal(timeProvider);
    }

    /// <summary>Signalled whenever the status changes.</summary>
    public WakeSignal Changed { get; }

    public EngineConfiguration Configuration => _model.Configuration;

    public EngineAddress Address { get; init; }

    /// <summary>Number of streams whose requests are computed here or whose clients are connected to this engine.</summary>
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

    /// <summary>Requests that were added; those that migrated to here are not counted.</summary>
    public int AcceptedRequests { get; private set; }

    /// <summary>Offset of the engine's wall clock.</summary>
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
                stream.Times.AcceptedAt ??= _timeProvider.GetTimestamp();
                _connected.Add(stream);
                AcceptedRequests++;
                Hold(stream);
                Notify();
            }

            return result;
        }
    }

    /// <summary>Aborts the request of a client that has disconnected from this engine, on whatever engine the request is.</summary>
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
            // Without its stream the request has ended, and its id may belong to another one.
            bool held = _streams.Remove(stream);
            if (held)
            {
                _model.Abort(stream.RequestId);
                Notify();
            }

            return held;
        }
    }

    /// <summary>Breaks off a request that is computed here or whose client is connected to this engine.</summary>
    /// <returns>False when there is no request of this id.</returns>
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

    public void ReleaseAwaitingPull(string requestId)
    {
        lock (_gate)
        {
            if (_model.ReleaseAwaitingPull(requestId))
            {
                Notify();
            }
        }
    }

    /// <summary>Begins to load a prompt that another engine has computed.</summary>
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

    /// <summary>Makes this engine compute a prompt that another engine has failed to compute.</summary>
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

    public EngineCounters Counters
    {
        get
        {
            lock (_gate)
            {
                return new EngineCounters(_prompted, _model.PrefilledPromptTokens, _model.CachedPromptTokens, _generated, _preempted);
            }
        }
    }

    /// <summary>What it tells of the times and lengths of its requests so far.</summary>
    public RequestHistograms Histograms
    {
        get
        {
            lock (_gate)
            {
                return _histograms.Copy();
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
