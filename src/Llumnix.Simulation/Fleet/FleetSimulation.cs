using System.Globalization;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Fleet;

/// <summary>
/// A fleet of modelled engines, the status path, a gateway and a placer on a virtual clock. Deterministic: the same options and seeds give
/// the same results.
/// </summary>
public sealed partial class FleetSimulation
{
    private const int MaxSamples = 1024;
    private readonly SimulationOptions _options;
    private readonly VirtualClock _clock;
    private readonly EventQueue _events = new();
    private readonly SimulatedEngine[] _engines;
    private readonly Dictionary<string, int> _engineById;
    private readonly InstanceReading[] _readings;
    private readonly RequestResult[] _results;
    private readonly HashSet<RequestRun> _open = [];
    private readonly List<EngineSample[]> _timeline = [];
    private IPlacer _placer = null!;
    private TimeSpan _sampleInterval;
    private TimeSpan _lastSample;
    private TimeSpan _lastEnd;
    private long _steps;
    private int _ended;

    /// <param name="options">What is simulated.</param>
    /// <param name="clock">The clock that the placer runs on; not used by another simulation.</param>
    public FleetSimulation(SimulationOptions options, VirtualClock clock)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Engines.Count);
        _options = options;
        _clock = clock;
        _engines = [.. options.Engines.Select((engine, i) => new SimulatedEngine(i, engine, clock.Now, clock.GetUtcNow()))];
        _engineById = _engines.Select((engine, i) => (engine.Metadata.InstanceId, i)).ToDictionary(pair => pair.InstanceId, pair => pair.i);
        _readings = new InstanceReading[_engines.Length];
        _results = new RequestResult[options.Arrivals.Count];
        _sampleInterval = options.SampleInterval;
    }

    /// <summary>The engines' metadata.</summary>
    public IReadOnlyList<InstanceMetadata> Engines => [.. _engines.Select(static engine => engine.Metadata)];

    private TimeSpan Now => _clock.Now;

    /// <summary>Runs to the end.</summary>
    /// <param name="placer">Decides where requests go.</param>
    /// <param name="rescheduling">Moves them; null for nobody.</param>
    /// <param name="progress">Told of the share of requests that have ended, 0 to 1, now and then.</param>
    /// <param name="cancellation">Ends the simulation early; what is under way then is cut off.</param>
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
        Poll();
        if (_options.Arrivals.Count > 0)
        {
            _events.Add(_options.Arrivals[0].Offset, SimulationEventKind.Arrive, 0);
        }

        _events.Add(Now + _sampleInterval, SimulationEventKind.Sample);
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
            case SimulationEventKind.Reschedule:
                Reschedule();
                break;
            case SimulationEventKind.AdvanceMigration:
                AdvanceMigration((RunningMigration)next.Subject!);
                break;
            case SimulationEventKind.Fault:
                Apply(((EngineFault Fault, bool Begins))next.Subject!);
                break;
            default:
                Sample();
                break;
        }
    }

    private void Arrive(int index)
    {
        if (index + 1 < _options.Arrivals.Count)
        {
            _events.Add(_options.Arrivals[index + 1].Offset, SimulationEventKind.Arrive, index + 1);
        }

        var run = new RequestRun(index, _options.Arrivals[index]);
        _open.Add(run);
        if (!TryPlace(run, InferType.Prefill, out Placement placement))
        {
            return;
        }

        run.First = placement.First;
        run.FirstEngine = _engineById[placement.First.Instance.InstanceId];
        if (placement.Second is { } second)
        {
            run.Second = second;
            run.SecondEngine = _engineById[second.Instance.InstanceId];
        }

        bool isSplit = _options.Mode != SchedulingMode.Neutral;
        Send(run.FirstEngine, new EngineRequest
        {
            Id = $"cmpl-{run.Id}-0",
            PromptTokens = run.Arrival.PromptTokens,
            OutputTokens = isSplit ? 1 : run.Arrival.OutputTokens,
            Role = isSplit ? InferType.Prefill : InferType.Neutral,
            ContentIds = run.Arrival.ContentIds,
            Context = run,
        });
    }

    private bool TryPlace(RequestRun run, InferType stage, out Placement placement)
    {
        ScheduleOutcome outcome = _placer.Place(
            new ScheduleRequest(run.Id, _options.Mode, stage, run.Arrival.PromptTokens), out placement);
        if (outcome == ScheduleOutcome.Placed)
        {
            return true;
        }

        Finish(run, RequestOutcome.Refused);
        return false;
    }

    private void Send(int engine, EngineRequest request) =>
        _events.Add(Now + _options.Path.DispatchDelay, SimulationEventKind.Enqueue, engine, request);

    private void Enqueue(int engine, EngineRequest request)
    {
        if (_engines[engine].IsDown || _engines[engine].Model.Add(request, Now) != AdmissionResult.Accepted)
        {
            Finish((RequestRun)request.Context!, RequestOutcome.Lost);
            return;
        }

        TryStep(engine);
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
        foreach (StepEvent happened in engine.Model.CompleteStep(Now))
        {
            Take(in happened, index);
        }

        TryStep(index);
    }

    private void Take(in StepEvent happened, int engine)
    {
        var run = (RequestRun)happened.Request.Context!;
        switch (happened.Kind)
        {
            case StepEventKind.Preempted:
                run.Preemptions++;
                break;
            case StepEventKind.Loaded:
                // The prefill side need not keep the KV any longer.
                if (run.FirstEngine != engine && _engines[run.FirstEngine].Model.ReleaseHeld($"cmpl-{run.Id}-0"))
                {
                    TryStep(run.FirstEngine);
                }

                break;
            default:
                TakeToken(run, happened, engine);
                break;
        }
    }

    private void TakeToken(RequestRun run, in StepEvent happened, int engine)
    {
        run.Tokens++;
        if (run.Tokens == 1)
        {
            run.FirstTokenAt = Now;
        }

        if (happened.Kind != StepEventKind.Finished)
        {
            return;
        }

        if (happened.Request.Role == InferType.Prefill && run.Arrival.OutputTokens > 1)
        {
            _placer.Release(run.Id, Released(run.First));
            _events.Add(Now + _options.Path.DispatchDelay, SimulationEventKind.PlaceDecode, engine, run);
            return;
        }

        if (happened.Request.Role == InferType.Prefill)
        {
            _engines[engine].Model.ReleaseHeld(happened.Request.Id);
        }

        Finish(run, RequestOutcome.Completed);
    }

    private void PlaceDecode(RequestRun run)
    {
        if (_options.Mode == SchedulingMode.PdStaged)
        {
            if (!TryPlace(run, InferType.Decode, out Placement placement))
            {
                _engines[run.FirstEngine].Model.ReleaseHeld($"cmpl-{run.Id}-0");
                TryStep(run.FirstEngine);
                return;
            }

            run.Second = placement.First;
            run.SecondEngine = _engineById[placement.First.Instance.InstanceId];
        }

        // The first token is there already; its KV is the first thing that the decode computes.
        Send(run.SecondEngine, new EngineRequest
        {
            Id = $"chatcmpl-{run.Id}-0",
            PromptTokens = run.Arrival.PromptTokens + 1,
            OutputTokens = run.Arrival.OutputTokens - 1,
            Role = InferType.Decode,
            LocalPrefillId = run.SecondEngine == run.FirstEngine ? $"cmpl-{run.Id}-0" : null,
            ContentIds = run.Arrival.ContentIds,
            Context = run,
        });
    }

    private void Finish(RequestRun run, RequestOutcome outcome)
    {
        if (!_open.Remove(run))
        {
            return;
        }

        if (run.FirstEngine >= 0)
        {
            _placer.Release(run.Id, Released(run.First));
        }

        if (run.Second is { } second)
        {
            _placer.Release(run.Id, Released(second));
        }

        Record(run, outcome);
        _lastEnd = Now;
    }

    private void Record(RequestRun run, RequestOutcome outcome)
    {
        int index = int.Parse(run.Id.AsSpan(1), CultureInfo.InvariantCulture);
        bool completed = outcome == RequestOutcome.Completed;
        _ended++;
        _results[index] = new RequestResult(
            (float)run.Arrival.Offset.TotalSeconds,
            outcome,
            run.Tokens > 0 ? Ms(run.FirstTokenAt - run.Arrival.Offset) : float.NaN,
            completed && run.Tokens > 1 ? Ms((Now - run.FirstTokenAt) / (run.Tokens - 1)) : float.NaN,
            completed ? Ms(Now - run.Arrival.Offset) : float.NaN,
            (byte)Math.Min(255, run.Preemptions),
            (byte)Math.Min(255, run.Migrations));
    }

    private static float Ms(TimeSpan time) => (float)time.TotalMilliseconds;

    private static ReleasedInstance Released(in PlacedInstance placed) =>
        new(placed.Instance.Host, placed.Instance.Port, placed.Role, placed.Instance.WireId, placed.Instance.Version);

    /// <summary>An engine's status may have changed: it is pushed at once, or when the interval since the last push is over.</summary>
    private void Changed(int index)
    {
        SimulatedEngine engine = _engines[index];
        TimeSpan earliest = engine.EarliestPush(_options.Path.PushInterval);
        if (Now >= earliest)
        {
            engine.Push(Now, _clock.GetUtcNow());
        }
        else if (!engine.IsPushDue)
        {
            engine.IsPushDue = true;
            _events.Add(earliest, SimulationEventKind.Push, index);
        }
    }

    private void Poll()
    {
        for (int i = 0; i < _engines.Length; i++)
        {
            SimulatedEngine engine = _engines[i];
            if (Now >= engine.EarliestPush(_options.Path.Heartbeat))
            {
                engine.Push(Now - _options.Path.StoreDelay, _clock.GetUtcNow() - _options.Path.StoreDelay);
            }

            _readings[i] = new InstanceReading(engine.Metadata, engine.Read(Now, _options.Path.StoreDelay));
        }

        _placer.Synchronize(_readings);
        _events.Add(Now + _options.Path.PollInterval, SimulationEventKind.Poll);
    }

    private void Apply((EngineFault Fault, bool Begins) change)
    {
        (EngineFault fault, bool begins) = change;
        SimulatedEngine engine = _engines[fault.Engine];
        switch (fault.Kind)
        {
            case EngineFaultKind.Unschedulable:
                engine.Model.Schedulable = !begins;
                break;
            case EngineFaultKind.Silent:
                engine.IsSilent = begins;
                break;
            case EngineFaultKind.Crash when begins:
                Crash(fault.Engine);
                break;
            default:
                engine.IsDown = false;
                break;
        }

        engine.Push(Now, _clock.GetUtcNow());
    }

    private void Crash(int index)
    {
        SimulatedEngine engine = _engines[index];
        engine.IsDown = true;
        engine.IsStepping = false;
        engine.Life++;
        CancelMigrations(index);
        foreach (RequestRun run in _open.Where(run => IsOn(run, index)).ToArray())
        {
            engine.Model.Abort($"cmpl-{run.Id}-0");
            engine.Model.Abort($"chatcmpl-{run.Id}-0");
            Finish(run, RequestOutcome.Lost);
        }
    }

    private bool IsOn(RequestRun run, int engine) =>
        _engines[engine].Model.Holds($"cmpl-{run.Id}-0") || _engines[engine].Model.Holds($"chatcmpl-{run.Id}-0");

    private void Sample()
    {
        TimeSpan length = Now - _lastSample;
        _lastSample = Now;
        _timeline.Add([.. _engines.Select(engine => SampleOf(engine, length))]);
        if (_timeline.Count > MaxSamples)
        {
            Thin();
        }

        _events.Add(Now + _sampleInterval, SimulationEventKind.Sample);
    }

    private static EngineSample SampleOf(SimulatedEngine engine, TimeSpan length)
    {
        float prefill = (float)((engine.BusyWithPrefill - engine.SampledPrefill) / length);
        float busy = (float)((engine.Busy - engine.SampledBusy) / length);
        (engine.SampledBusy, engine.SampledPrefill) = (engine.Busy, engine.BusyWithPrefill);
        return new EngineSample(
            prefill, busy - prefill, engine.Model.RunningCount, engine.Model.WaitingCount, (float)engine.Model.UsedBlocks / engine.Model.TotalBlocks);
    }

    /// <summary>Keeps every other sample, and takes half as many from now on.</summary>
    private void Thin()
    {
        for (int i = 0; i < _timeline.Count / 2; i++)
        {
            _timeline[i] = _timeline[(2 * i) + 1];
        }

        _timeline.RemoveRange(_timeline.Count / 2, _timeline.Count - (_timeline.Count / 2));
        _sampleInterval *= 2;
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

        long prompts = _options.Arrivals.Sum(static arrival => (long)arrival.PromptTokens);
        return new SimulationResult
        {
            Requests = _results,
            Engines = Engines,
            Elapsed = _lastEnd,
            SampleInterval = _sampleInterval,
            Timeline = _timeline,
            Migrations = _migrations,
            FailedMigrations = _failedMigrations,
            Steps = _steps,
            BusyTimes = [.. _engines.Select(static engine => engine.Busy)],
            PrefixHitRate = prompts == 0 ? 0 : (double)_engines.Sum(static engine => engine.Model.CachedPromptTokens) / prompts,
        };
    }

    private static object Boxed(int life) => life == 0 ? FirstLife : life;

    private static readonly object FirstLife = 0;
}
