using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Attacks.Soak;

/// <summary>Full mode: engines write statuses, which name some of the requests that were sent to them.</summary>
internal sealed class FullModeSoak : SchedulerSoak
{
    private const int Engines = 32;
    private const int EnginesPerRefresh = 8;
    private const int MostNamed = 64;

    private readonly FullModeScheduler _scheduler;
    private readonly Engine[] _engines;
    private long _created;

    internal FullModeSoak(int seed)
        : base(seed)
    {
        var options = new SchedulerOptions { Service = new ServiceOptions { Seed = seed } };
        _scheduler = SchedulerCore.Make(options, Time, NullLogger.Instance).Scheduler;
        _scheduler.SetStoreAvailable(true);
        _engines = [.. Enumerable.Range(0, Engines).Select(_ => NewEngine())];
        Synchronize();
    }

    internal override string Name => "full";

    internal override (int Entries, int Instances) Size
    {
        get
        {
            ClusterSnapshot snapshot = _scheduler.Snapshot();
            return (snapshot.LedgerEntries, snapshot.Instances.Count);
        }
    }

    internal override string? End()
    {
        // Longer than an entry lives.
        Time.Advance(TimeSpan.FromSeconds(30));
        ClusterSnapshot snapshot = _scheduler.Snapshot();
        int loaded = snapshot.Instances.Count(static instance => instance.Dispatched != default);
        return snapshot.LedgerEntries == 0 && loaded == 0 ? null : $"{snapshot.LedgerEntries} ledger entries, {loaded} instances with dispatched load";
    }

    protected override ScheduleOutcome Request(string id, out Placement placement)
    {
        (SchedulingMode mode, InferType stage) = Random.Next(4) switch
        {
            0 => (SchedulingMode.PdBatch, default),
            1 => (SchedulingMode.PdStaged, InferType.Prefill),
            2 => (SchedulingMode.PdStaged, InferType.Decode),
            _ => (SchedulingMode.Neutral, default(InferType)),
        };
        return _scheduler.Schedule(new PlacementRequest(id, mode, stage, Random.Next(4000)), out placement);
    }

    protected override void Release(string id, in ReleasedInstance instance) => _scheduler.Release(id, in instance);

    protected override void Send(string id, in PlacedInstance placed)
    {
        base.Send(id, in placed);
        string host = placed.Instance.Host;
        // None: it has gone, and the scheduler has not seen that yet.
        Engine? engine = Array.Find(_engines, engine => engine.Metadata.Ip == host);
        if (engine?.Arrived.Count < MostNamed && Random.Next(2) == 0)
        {
            engine.Arrived.Add(id);
        }
    }

    protected override void Refresh()
    {
        for (int i = 0; i < EnginesPerRefresh; i++)
        {
            Engine engine = _engines[Random.Next(Engines)];
            engine.Status = NewStatus(engine);
            engine.Arrived.Clear();
        }

        Synchronize();
    }

    protected override void Churn()
    {
        int index = Random.Next(Engines);
        Engine engine = _engines[index];
        switch (Random.Next(4))
        {
            case 0:
                // Leaves, and comes back as itself or not at all.
                engine.IsAway = !engine.IsAway;
                break;
            case 1:
                // Starts again under its id.
                engine.Metadata = engine.Metadata with { UtcCreate = ++_created };
                engine.UpdateId = 0;
                engine.Status = NewStatus(engine);
                engine.Arrived.Clear();
                break;
            case 2:
                // Another takes its place.
                _engines[index] = NewEngine();
                break;
            default:
                engine.IsSchedulable = !engine.IsSchedulable;
                engine.Status = NewStatus(engine);
                break;
        }
    }

    private Engine NewEngine()
    {
        long number = ++_created;
        var engine = new Engine(new InstanceMetadata
        {
            InstanceId = $"engine-{number}",
            InferType = (number % 4) switch { 0 => InferType.Prefill, 1 => InferType.Decode, _ => InferType.Neutral },
            Ip = $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            IpKvs = "10.0.0.1",
            ApiServerPort = 8000,
            NodeId = $"node-{number / 8}",
            UnitId = $"unit-{number / 16}",
            DataParallelSize = 1,
            UtcCreate = number,
        });
        engine.Status = NewStatus(engine);
        return engine;
    }

    private InstanceStatus NewStatus(Engine engine) => new()
    {
        InstanceId = engine.Metadata.InstanceId,
        Schedulable = engine.IsSchedulable,
        TimestampMs = Time.GetUtcNow().ToUnixTimeMilliseconds(),
        UpdateId = ++engine.UpdateId,
        RecentWaitingRequests = [.. engine.Arrived],
        TotalGpuTokens = 945_029,
        UsedGpuTokens = Random.Next(800_000),
        RunningRequestCount = Random.Next(200),
        UncomputedTokensAllWaitingPrefills = Random.Next(2000),
    };

    private void Synchronize() => _scheduler.Synchronize(
        [.. _engines.Where(static engine => !engine.IsAway).Select(static engine => new InstanceReading(engine.Metadata, engine.Status))]);

    private sealed class Engine(InstanceMetadata metadata)
    {
        internal InstanceMetadata Metadata { get; set; } = metadata;

        internal InstanceStatus Status { get; set; } = null!;

        internal int UpdateId { get; set; }

        internal bool IsSchedulable { get; set; } = true;

        internal bool IsAway { get; set; }

        /// <summary>Requests that the next status names.</summary>
        internal List<string> Arrived { get; } = [];
    }
}
