using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>
/// The scheduler over modelled engines on a virtual clock. Statuses are read at an interval, as from the CMS. The KV store knows at every
/// moment what the engines' prefix caches hold.
/// </summary>
internal sealed class SimulatedFleet
{
    private const int ChunkSize = 512;
    private static readonly TimeSpan PushInterval = TimeSpan.FromMilliseconds(40);
    private readonly TimeSpan _statusInterval;
    private readonly VirtualClock _time = new();
    private readonly FullModeScheduler _scheduler;
    private readonly bool _asksTheStore;
    private readonly EngineModel[] _engines;
    private readonly TimeSpan[] _busy;
    private readonly bool[] _isStepping;
    private readonly InstanceStatus?[] _pushed;
    private readonly TimeSpan[] _lastPush;
    private readonly bool[] _isPushDue;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly List<double> _ttft = [];
    private long _order;
    private long _promptTokens;
    private int _open;

    /// <param name="engines">Number of engines.</param>
    /// <param name="policies">Policy settings of load-balance; without a cache locality metric the store is not asked.</param>
    /// <param name="settings">Settings of the scheduler beside the policy.</param>
    /// <param name="statusIntervalMs">Milliseconds between two readings of the statuses.</param>
    /// <param name="latency">The engines' step times.</param>
    internal SimulatedFleet(int engines, PolicySettings policies, FullModeSettings? settings = null, double statusIntervalMs = 100, IStepLatencyModel? latency = null)
    {
        _statusInterval = TimeSpan.FromMilliseconds(statusIntervalMs);
        _asksTheStore = policies.CacheLocalityMetric is not null;
        _engines = [.. Enumerable.Range(0, engines).Select(i => new EngineModel(new EngineConfiguration
        {
            InstanceId = $"{i}", TokensPerContentId = ChunkSize, ProfilingSteps = int.MaxValue, Latency = latency ?? PolynomialLatencyModel.H200Llama8B,
        }))];
        _busy = new TimeSpan[engines];
        _isStepping = new bool[engines];
        _pushed = new InstanceStatus[engines];
        _lastPush = new TimeSpan[engines];
        _isPushDue = new bool[engines];
        _scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(settings?.PredictorWarmupSamples is not null)).Build("load-balance", policies),
            (settings ?? new FullModeSettings()) with { IsCacheAware = _asksTheStore },
            _time,
            new Random(1));
        _scheduler.SetStoreAvailable(true);
    }

    internal FleetResult Run(IReadOnlyList<RequestArrival> arrivals)
    {
        _open = arrivals.Count;
        PollStatuses();
        for (int i = 0; i < arrivals.Count; i++)
        {
            int index = i;
            At(arrivals[i].Offset, () => Arrive(index, arrivals[index]));
        }

        while (_open > 0)
        {
            _events.TryDequeue(out Action? happen, out (TimeSpan At, long Order) due);
            _time.Now = due.At;
            happen!();
        }

        double[] busy = [.. _busy.Select(b => b.TotalSeconds)];
        _ttft.Sort();
        return new FleetResult(
            (double)_engines.Sum(engine => engine.CachedPromptTokens) / _promptTokens,
            busy.Max() / busy.Average(),
            _ttft.Average(),
            _ttft[(int)(0.99 * (_ttft.Count - 1))]);
    }

    private void At(TimeSpan at, Action happen) => _events.Enqueue(happen, (at, _order++));

    private void PollStatuses()
    {
        _scheduler.Synchronize([.. _engines.Select((engine, i) => new InstanceReading(
            Metadata(i), _pushed[i] ?? engine.Status(_time.Now, _time.GetUtcNow())))]);
        At(_time.Now + _statusInterval, PollStatuses);
    }

    /// <summary>The engine's status has changed: it is pushed at once, or when the interval since the last push is over.</summary>
    private void Push(int engine)
    {
        TimeSpan earliest = _lastPush[engine] + PushInterval;
        if (_time.Now >= earliest)
        {
            _lastPush[engine] = _time.Now;
            _pushed[engine] = _engines[engine].Status(_time.Now, _time.GetUtcNow());
            _isPushDue[engine] = false;
        }
        else if (!_isPushDue[engine])
        {
            _isPushDue[engine] = true;
            At(earliest, () => Push(engine));
        }
    }

    private static InstanceMetadata Metadata(int index) => new()
    {
        InstanceId = $"{index}",
        InferType = InferType.Neutral,
        Ip = $"10.0.0.{index}",
        IpKvs = $"10.1.0.{index}",
        MaxNumBatchedTokens = 8192,
        ApiServerPort = 8000,
        UtcCreate = 1,
    };

    private void Arrive(int id, RequestArrival arrival)
    {
        PrefixHits? hits = _asksTheStore ? FindHits(arrival) : null;
        _scheduler.Schedule(
            new ScheduleRequest($"r{id}", SchedulingMode.Neutral, default, arrival.PromptTokens, hits), out Placement placement);
        int engine = int.Parse(placement.First.Instance.InstanceId, System.Globalization.CultureInfo.InvariantCulture);
        _promptTokens += arrival.PromptTokens;
        AdmissionResult result = _engines[engine].Add(
            new EngineRequest
            {
                Id = $"r{id}",
                PromptTokens = arrival.PromptTokens,
                OutputTokens = arrival.OutputTokens,
                ContentIds = arrival.ContentIds,
                Context = _time.Now,
            },
            _time.Now);
        Assert.Equal(AdmissionResult.Accepted, result);
        TryStep(engine);
    }

    private PrefixHits FindHits(RequestArrival arrival)
    {
        var counter = new PrefixHitCounter();
        foreach (ulong id in arrival.ContentIds.Span[..Math.Min(arrival.ContentIds.Length, arrival.PromptTokens / ChunkSize)])
        {
            string[] hosts = [.. Enumerable.Range(0, _engines.Length).Where(i => _engines[i].IsCached(id)).Select(i => $"10.1.0.{i}")];
            if (!counter.Add(hosts))
            {
                break;
            }
        }

        return counter.ToHits(ChunkSize, arrival.PromptTokens);
    }

    private void TryStep(int engine)
    {
        if (_isStepping[engine])
        {
            Push(engine);
            return;
        }

        bool isBusy = _engines[engine].TryBeginStep(_time.Now, out TimeSpan duration);
        Push(engine);
        if (!isBusy)
        {
            return;
        }

        _isStepping[engine] = true;
        _busy[engine] += duration;
        At(_time.Now + duration, () => EndStep(engine));
    }

    private void EndStep(int engine)
    {
        _isStepping[engine] = false;
        foreach (StepEvent happened in _engines[engine].CompleteStep(_time.Now))
        {
            if (happened.Kind is StepEventKind.Token or StepEventKind.Finished && happened.OutputTokens == 1)
            {
                _ttft.Add((_time.Now - (TimeSpan)happened.Request.Context!).TotalMilliseconds);
            }

            if (happened.Kind == StepEventKind.Finished)
            {
                _open--;
                _scheduler.Release(happened.Request.Id, new ReleasedInstance($"10.0.0.{engine}", 8000, InferType.Neutral));
            }
        }

        TryStep(engine);
    }
}
