using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Fleet;

/// <summary>
/// A fleet of modelled engines, the status path, a gateway and a placer on a virtual clock. Deterministic: the same options and seeds give
/// the same results.
/// </summary>
public sealed partial class FleetSimulation
{
    private readonly SimulationOptions _options;
    private readonly VirtualClock _clock;
    private readonly EventQueue _events = new();
    private readonly SimulatedEngine[] _engines;
    private readonly Dictionary<string, int> _engineById;
    private readonly InstanceReading[] _readings;
    private readonly RequestResult[] _results;
    private readonly HashSet<RequestRun> _open = [];
    private readonly FleetTimeline _timeline;
    private readonly SimulatedKvMetadata? _kvMetadata;
    private IPlacer _placer = null!;
    private PeerStreams? _peers;
    private TimeSpan _lastEnd;
    private long _steps;
    private int _ended;

    /// <param name="options">What is simulated.</param>
    /// <param name="clock">The clock that the placer runs on; not used by another simulation.</param>
    /// <exception cref="ArgumentException">There are no engines, or prompts are to be looked up and content ids differ in size.</exception>
    public FleetSimulation(SimulationOptions options, VirtualClock clock)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Engines.Count);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.AskAgainAfter, TimeSpan.Zero);
        _options = options;
        _clock = clock;
        _resting = new RestingInstances(clock);
        _engines = [.. options.Engines.Select((engine, i) => new SimulatedEngine(i, engine, clock.Now, clock.GetUtcNow()))];
        _engineById = _engines.Select((engine, i) => (engine.Metadata.InstanceId, i)).ToDictionary(pair => pair.InstanceId, pair => pair.i);
        _readings = new InstanceReading[_engines.Length];
        _results = new RequestResult[options.Arrivals.Count];
        _kvMetadata = options.PrefixLookup is { } lookup ? new SimulatedKvMetadata(lookup, _engines, clock) : null;
        _meters = options.Reads is { } reads ? [.. _engines.Select(engine => new EngineMeter(engine, reads))] : [];
        _readTimes = new Random(options.Reads?.Seed ?? 0);
        _timeline = new FleetTimeline(_engines, options.SampleInterval);
    }

    /// <summary>The engines' metadata.</summary>
    public IReadOnlyList<InstanceMetadata> Engines => [.. _engines.Select(static engine => engine.Metadata)];

    private TimeSpan Now => _clock.Now;

    /// <summary>Runs to the end.</summary>
    /// <param name="placer">Decides where requests go.</param>
    /// <param name="rescheduling">Moves requests between engines; null for no rescheduling.</param>
    /// <param name="progress">Receives the share of requests that have ended, 0 to 1, from time to time.</param>
    /// <param name="cancellation">Ends the simulation early; requests in progress are then cut off.</param>
    public SimulationResult Run(
        IPlacer placer, Rescheduling? rescheduling = null, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        _placer = placer;
        _rescheduling = rescheduling;
        Begin();
        TimeSpan last = _options.Arrivals.Count == 0 ? TimeSpan.Zero : _options.Arrivals[^1].Offset + _options.Drain;
        int handled = 0;
        while (_ended < _options.Arrivals.Count && _events.Count > 0)
        {
            SimulationEvent next = _events.Take();
            if (next.At > last.Ticks)
            {
                break;
            }

            _clock.Now = new TimeSpan(next.At);
            Handle(in next);
            if ((++handled & 0xFFFF) == 0)
            {
                progress?.Report((double)_ended / _options.Arrivals.Count);
                if (cancellation.IsCancellationRequested)
                {
                    break;
                }
            }
        }

        return End();
    }

    private void Begin()
    {
        if (_options.Reads is { } reads)
        {
            BeginReads(reads);
        }
        else
        {
            Poll();
        }

        _peers = _options.Peers is { } exchange ? new PeerStreams(exchange, _clock, _events) : null;
        _peers?.Note();

        if (_options.Reports is { } reports)
        {
            _events.Add(Now + reports.Interval, SimulationEventKind.Report);
        }

        if (_options.Arrivals.Count > 0)
        {
            _events.Add(_options.Arrivals[0].Offset, SimulationEventKind.Arrive, 0);
        }

        if (_options.ProbeAfter > TimeSpan.Zero && _options.Reads is null)
        {
            _events.Add(Now + ProbeInterval, SimulationEventKind.Probe);
        }

        _events.Add(Now + _timeline.Interval, SimulationEventKind.Sample);
        if (_rescheduling is { } rescheduling)
        {
            _events.Add(Now + rescheduling.Interval, SimulationEventKind.Reschedule);
        }

        foreach (EngineFault fault in _options.Faults)
        {
            _events.Add(fault.At, SimulationEventKind.Fault, fault.Engine, (fault, true));
            _events.Add(fault.At + fault.Duration, SimulationEventKind.Fault, fault.Engine, (fault, false));
        }
    }

    private void Handle(in SimulationEvent next)
    {
        switch (next.Kind)
        {
            case SimulationEventKind.Arrive:
                Arrive(next.Index);
                break;
            case SimulationEventKind.AskAgain:
                Ask((RequestRun)next.Subject!);
                break;
            case SimulationEventKind.TakeQuestion:
                TakeQuestion((RequestRun)next.Subject!);
                break;
            case SimulationEventKind.TakeDecodeQuestion:
                TakeDecodeQuestion((RequestRun)next.Subject!);
                break;
            case SimulationEventKind.EndQuestion:
                EndQuestion((PrefixLookup)next.Subject!);
                break;
            case SimulationEventKind.Enqueue:
                Enqueue(next.Index, (EngineRequest)next.Subject!);
                break;
            case SimulationEventKind.PlaceDecode:
                PlaceDecode((RequestRun)next.Subject!);
                break;
            case SimulationEventKind.EndStep:
                EndStep(next.Index, (int)next.Subject!);
                break;
            case SimulationEventKind.WakeEngine:
                _engines[next.Index].WakeAt = TimeSpan.MaxValue;
                TryStep(next.Index);
                break;
            case SimulationEventKind.Push:
                _engines[next.Index].Push(Now, _clock.GetUtcNow());
                break;
            case SimulationEventKind.Poll:
                Poll();
                break;
            case SimulationEventKind.AskEngine:
                AskEngine(next.Index);
                break;
            case SimulationEventKind.TakeRead:
                TakeRead(next.Index, (EngineRead)next.Subject!);
                break;
            case SimulationEventKind.Report:
                Report();
                break;
            case SimulationEventKind.ReportFirstToken:
                ReportFirstToken((RequestRun)next.Subject!);
                break;
            case SimulationEventKind.TellPeers:
                _peers!.Tell();
                break;
            case SimulationEventKind.TakeFromPeer:
                _peers!.Take(((PeerStreams.PeerStream Stream, LedgerBatch Batch))next.Subject!);
                break;
            case SimulationEventKind.RepeatForPeer:
                _peers!.Repeat((PeerStreams.PeerStream)next.Subject!);
                break;
            case SimulationEventKind.Reschedule:
                Reschedule();
                break;
            case SimulationEventKind.AdvanceMigration:
                AdvanceMigration((RunningMigration)next.Subject!);
                break;
            case SimulationEventKind.Probe:
                Probe();
                break;
            case SimulationEventKind.Fault:
                Apply(((EngineFault Fault, bool Begins))next.Subject!);
                break;
            default:
                _timeline.Sample(Now);
                _events.Add(Now + _timeline.Interval, SimulationEventKind.Sample);
                break;
        }
    }

    private void TryStep(int index)
    {
        SimulatedEngine engine = _engines[index];
        if (engine.IsStepping || engine.IsDown)
        {
            Changed(index);
            return;
        }

        if (!engine.Model.TryBeginStep(Now, out TimeSpan duration))
        {
            Wake(index);
            Changed(index);
            return;
        }

        engine.IsStepping = true;
        engine.IsPrefillStep = engine.Model.IsPrefillStep;
        engine.WaitingAtStep = engine.Model.WaitingCount + engine.Model.LoadingCount;
        engine.StepBegin = Now;
        _steps++;
        Changed(index);
        _events.Add(Now + duration, SimulationEventKind.EndStep, index, Boxed(engine.Life));
    }

    private void Wake(int index)
    {
        SimulatedEngine engine = _engines[index];
        if (engine.Model.NextWakeAt is { } wake && wake < engine.WakeAt)
        {
            engine.WakeAt = wake;
            _events.Add(wake > Now ? wake : Now, SimulationEventKind.WakeEngine, index);
        }
    }

    private void EndStep(int index, int life)
    {
        SimulatedEngine engine = _engines[index];
        if (engine.Life != life)
        {
            return;
        }

        engine.IsStepping = false;
        TimeSpan duration = Now - engine.StepBegin;
        engine.Busy += duration;
        engine.BusyWithPrefill += engine.IsPrefillStep ? duration : TimeSpan.Zero;
        ReadOnlySpan<StepEvent> events = engine.Model.CompleteStep(Now);
        engine.Gauges = engine.Gauges.After(engine.Model, engine.WaitingAtStep, events);
        foreach (StepEvent happened in events)
        {
            Take(in happened, index);
        }

        TryStep(index);
    }

    private SimulationResult End()
    {
        foreach (RequestRun run in _open.ToArray())
        {
            Finish(run, RequestOutcome.CutOff);
        }

        for (int i = 0; i < _results.Length; i++)
        {
            if (_results[i] == default && _options.Arrivals[i].Offset > Now)
            {
                _results[i] = new RequestResult((float)_options.Arrivals[i].Offset.TotalSeconds, RequestOutcome.CutOff, float.NaN, float.NaN, float.NaN, 0, 0);
            }
        }

        return new SimulationResult
        {
            Requests = _results,
            Engines = Engines,
            Elapsed = _lastEnd,
            SampleInterval = _timeline.Interval,
            Timeline = _timeline.Samples,
            Migrations = _migrations,
            FailedMigrations = _failedMigrations,
            Steps = _steps,
            BusyTimes = [.. _engines.Select(static engine => engine.Busy)],
            PrefixHitRate = _options.Arrivals.Any(static arrival => !arrival.ContentIds.IsEmpty) ? HitRate() : null,
        };
    }

    private double HitRate()
    {
        long prefilled = _engines.Sum(static engine => engine.Model.PrefilledPromptTokens);
        return prefilled == 0 ? 0 : (double)_engines.Sum(static engine => engine.Model.CachedPromptTokens) / prefilled;
    }

    private static object Boxed(int life) => life == 0 ? FirstLife : life;

    private static readonly object FirstLife = 0;
}
