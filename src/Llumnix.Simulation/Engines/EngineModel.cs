namespace Llumnix.Simulation.Engines;

/// <summary>
/// An LLM engine with continuous batching, without a clock: callers pass the time since a fixed start, which must never decrease, and wait for the
/// durations that steps return. Not safe for concurrent use. The same calls give the same results.
/// </summary>
/// <remarks>
/// Usage: <see cref="TryBeginStep"/>; if it begins a step, wait its duration and call <see cref="CompleteStep"/>; if not, wait until
/// <see cref="NextWakeAt"/> or until a request is added or ends. Requests may be added and ended at any time, also during a step.
/// </remarks>
public sealed partial class EngineModel
{
    private readonly Dictionary<string, Sequence> _byId = [];
    private readonly LinkedList<Sequence> _waiting = new();
    private readonly List<Sequence> _running = [];
    private readonly List<Sequence> _loading = [];
    private readonly LinkedList<Sequence> _awaitingPull = new();
    private readonly List<StepEvent> _events = [];
    private readonly RecentRequests _recent = new();
    private readonly KvBlockPool _pool;
    private readonly SequenceBlocks _blocks;
    private readonly Random _noise;

    /// <summary>Makes an idle engine.</summary>
    /// <exception cref="ArgumentException">A value of the configuration is out of its range.</exception>
    public EngineModel(EngineConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (configuration.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(configuration));
        }

        Configuration = configuration;
        _pool = new KvBlockPool(configuration.TotalBlocks, configuration.PrefixBlockSize / configuration.BlockSize);
        _blocks = new SequenceBlocks(_pool, configuration.BlockSize);
        _noise = new Random(configuration.NoiseSeed);
    }

    /// <summary>The engine's parameters.</summary>
    public EngineConfiguration Configuration { get; }

    /// <summary>Whether the status says that the engine takes new requests. The model takes them in any case.</summary>
    public bool Schedulable { get; set; } = true;

    /// <summary>Requests in the waiting queue.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>Running requests, prefilling or decoding.</summary>
    public int RunningCount => _running.Count;

    /// <summary>Requests whose KV is being transferred in, or has arrived and waits for a running slot.</summary>
    public int LoadingCount => _loading.Count;

    /// <summary>Prefill-only requests that have ended and keep their KV.</summary>
    public int AwaitingPullCount => _awaitingPull.Count;

    /// <summary>KV blocks.</summary>
    public int TotalBlocks => _pool.Total;

    /// <summary>KV blocks in use by requests; idle prefix cache entries do not count.</summary>
    public int UsedBlocks => _pool.Used;

    /// <summary>Version of the status; grows with each change of it.</summary>
    public int UpdateId { get; private set; }

    /// <summary>Whether the step in progress, or the last one, has prefill.</summary>
    public bool IsPrefillStep => _step.PrefillTokens > 0;

    /// <summary>Steps begun so far.</summary>
    public int StepId { get; private set; }

    /// <summary>The next time at which a step may become possible, or held KV is dropped, without a call to this engine; null = never.</summary>
    public TimeSpan? NextWakeAt
    {
        get
        {
            TimeSpan? next = _awaitingPull.First?.Value.Due;
            foreach (Sequence sequence in _loading)
            {
                next = sequence.IsKvPending || sequence.Due >= next ? next : sequence.Due;
            }

            return next;
        }
    }

    /// <summary>Ends a request in any phase and frees its KV. A step in progress keeps its duration.</summary>
    /// <returns>False when the engine holds no such request.</returns>
    public bool Abort(string requestId)
    {
        if (!_byId.TryGetValue(requestId, out Sequence? sequence))
        {
            return false;
        }

        _ = sequence.Phase switch
        {
            SequencePhase.Waiting => _waiting.Remove(sequence),
            SequencePhase.Loading => _loading.Remove(sequence),
            SequencePhase.AwaitingPull => _awaitingPull.Remove(sequence),
            SequencePhase.Stopped => true,
            SequencePhase.Reserved => _migratingIn.Remove(sequence),
            _ => _running.Remove(sequence),
        };
        End(sequence, MigrationState.RequestAborted);
        return true;
    }

    /// <summary>Frees the KV that a prefill-only request holds, after it has been pulled.</summary>
    /// <returns>False when the engine holds no KV of that request.</returns>
    public bool ReleaseAwaitingPull(string requestId) =>
        _byId.TryGetValue(requestId, out Sequence? sequence) && sequence.Phase == SequencePhase.AwaitingPull && Abort(requestId);

    /// <summary>Whether the KV of this prefill-only request is held.</summary>
    public bool IsAwaitingPull(string requestId) => _byId.TryGetValue(requestId, out Sequence? sequence) && sequence.Phase == SequencePhase.AwaitingPull;

    private void End(Sequence sequence, MigrationState migration = MigrationState.RequestFinished)
    {
        StopMigratingOut(sequence, migration);
        _blocks.Release(sequence);
        _byId.Remove(sequence.Request.Id);
        UpdateId++;
    }
}
