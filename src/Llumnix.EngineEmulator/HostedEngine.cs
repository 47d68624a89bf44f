using Llumnix.EngineEmulator.Cms;
using Llumnix.EngineEmulator.Discovery;
using Llumnix.EngineEmulator.Engines;
using Llumnix.EngineEmulator.KvStore;
using Llumnix.EngineEmulator.Migration;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator;

/// <summary>One running engine of an <see cref="EngineHost"/>, or one data-parallel rank of it, with faults for tests. For any threads.</summary>
public sealed class HostedEngine : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly StatusPusher? _pusher;
    private readonly PodAnnouncer? _announcer;
    private readonly Task _running;
    private bool _ended;

    internal HostedEngine(InstanceMetadata metadata, EngineRunner runner, StatusPusher? pusher, PodAnnouncer? announcer)
    {
        Metadata = metadata;
        Runner = runner;
        Ended = _stopping.Token;
        _pusher = pusher;
        _announcer = announcer;
        _running = Task.WhenAll(
            runner.RunAsync(_stopping.Token),
            pusher?.RunAsync(_stopping.Token) ?? Task.CompletedTask,
            announcer?.RunAsync(_stopping.Token) ?? Task.CompletedTask);
    }

    /// <summary>The engine's metadata in the CMS.</summary>
    public InstanceMetadata Metadata { get; }

    /// <summary>The CMS instance id.</summary>
    public string InstanceId => Metadata.InstanceId;

    /// <summary>Port of the llumlet's gRPC service.</summary>
    public int LlumletPort => Metadata.LlumletPort;

    /// <summary>Port of the API server.</summary>
    public int Port => Metadata.ApiServerPort;

    /// <summary>Fault: while set, no status is pushed.</summary>
    public bool StatusPushPaused
    {
        get => _pusher?.Paused ?? true;
        set => _ = _pusher is { } pusher && (pusher.Paused = value);
    }

    /// <summary>Fault: while false, the status says that the engine takes no new requests. It takes them nevertheless.</summary>
    public bool Schedulable
    {
        get => Runner.Schedulable;
        set => Runner.Schedulable = value;
    }

    /// <summary>Fault: offset of the wall clock that stamps statuses; negative = in the past.</summary>
    public TimeSpan ClockShift
    {
        get => Runner.ClockShift;
        set => Runner.ClockShift = value;
    }

    /// <summary>Fault: how Migrate calls to the engine's llumlet fail.</summary>
    public MigrateFault MigrateFault { get; set; }

    /// <summary>Fault: how its answers about its load fail; of several ranks behind a port, the first one's fault counts.</summary>
    public MetricsFault MetricsFault { get; set; }

    /// <summary>As which engine it tells its load.</summary>
    public MetricsFace MetricsFace { get; internal init; }

    /// <summary>Prompt tokens that the engine found in its prefix cache so far.</summary>
    public long CachedPromptTokens => Runner.CachedPromptTokens;

    /// <summary>Requests that the engine has taken so far; those that migrated to it are not counted.</summary>
    public int AcceptedRequests => Runner.AcceptedRequests;

    /// <summary>Requests that have been migrated away so far.</summary>
    public int MigratedRequests => Runner.MigratedRequests;

    internal EngineRunner Runner { get; }

    /// <summary>Cancelled when the engine crashes or is stopped.</summary>
    internal CancellationToken Ended { get; }

    /// <summary>The KV store that the prefix cache belongs to; null for none.</summary>
    internal MooncakeMaster? KvMaster { get; init; }

    /// <summary>Whether the engine has crashed or was stopped; it then closes connections without an answer.</summary>
    internal bool HasEnded => Volatile.Read(ref _ended);

    /// <summary>The engine's load at this moment.</summary>
    public InstanceStatus Status() => Runner.Status();

    /// <summary>
    /// Fault: ends the engine at once. Its requests break off, its port no longer answers, its entries in the stores stay until they expire. Requests on
    /// other ranks go on.
    /// </summary>
    public Task CrashAsync() => EndAsync(clean: false);

    internal void RefreshCms() => _pusher?.Refresh();

    internal Task StopAsync() => EndAsync(clean: true);

    /// <summary>Called by the host after the engine has ended.</summary>
    void IDisposable.Dispose()
    {
        Runner.Dispose();
        _pusher?.Dispose();
        _stopping.Dispose();
    }

    private async Task EndAsync(bool clean)
    {
        if (Interlocked.Exchange(ref _ended, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        await _running;
        if (clean)
        {
            await Task.WhenAll(_pusher?.RemoveAsync() ?? Task.CompletedTask, _announcer?.RemoveAsync() ?? Task.CompletedTask);
        }
    }
}
