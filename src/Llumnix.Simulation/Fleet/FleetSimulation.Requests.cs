using System.Globalization;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Fleet;

/// <summary>The gateway: requests on their way to engines and their tokens on the way back.</summary>
public sealed partial class FleetSimulation
{
    private void Arrive(int index)
    {
        if (index + 1 < _options.Arrivals.Count)
        {
            _events.Add(_options.Arrivals[index + 1].Offset, SimulationEventKind.Arrive, index + 1);
        }

        var run = new RequestRun(index, _options.Arrivals[index]);
        _open.Add(run);
        Ask(run);
    }

    /// <summary>The gateway asks for a placement, for the first time or again.</summary>
    private void Ask(RequestRun run)
    {
        if (Forwarding(run) is { Ticks: > 0 } delay)
        {
            _events.Add(Now + delay, SimulationEventKind.TakeQuestion, 0, run);
        }
        else
        {
            TakeQuestion(run);
        }
    }

    /// <summary>The scheduler that decides has the question.</summary>
    private void TakeQuestion(RequestRun run)
    {
        if (_kvMetadata is { } service && service.IsWanted(run.Arrival.PromptTokens))
        {
            LookUp(service.Begin(run));
        }
        else
        {
            Dispatch(run, null);
        }
    }

    private void Dispatch(RequestRun run, PrefixHits? hits)
    {
        if (!TryPlace(run, InferType.Prefill, hits, out Placement placement))
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
        Send(run.FirstEngine, Forwarding(run), new EngineRequest
        {
            Id = PrefillId(run),
            PromptTokens = run.Arrival.PromptTokens,
            OutputTokens = isSplit ? 1 : run.Arrival.OutputTokens,
            Role = isSplit ? InferType.Prefill : InferType.Neutral,
            ContentIds = run.Arrival.ContentIds,
            Context = run,
        });
    }

    private bool TryPlace(RequestRun run, InferType stage, PrefixHits? hits, out Placement placement)
    {
        ScheduleOutcome outcome = _placer.Place(
            new PlacementRequest(
                run.Id, _options.Mode, stage, run.Arrival.PromptTokens, hits, ExcludedInstances: run.Failed, IsRetry: run.Failed.Count > 0, Prefix: stage == InferType.Prefill ? PrefixOf(run.Arrival) : default),
            out placement);
        if (outcome == ScheduleOutcome.Placed)
        {
            _peers?.Note();
            return true;
        }

        if (outcome == ScheduleOutcome.Deferred && stage == InferType.Prefill && WaitsOn(run))
        {
            return false;
        }

        Finish(run, outcome == ScheduleOutcome.AllExcluded ? RequestOutcome.Lost : RequestOutcome.Refused);
        return false;
    }

    /// <summary>The gateway is told that the request is held back, and asks again after a time. Its wait begins anew when an engine has failed the request.</summary>
    /// <returns>False when the request has waited for long enough.</returns>
    private bool WaitsOn(RequestRun run)
    {
        TimeSpan told = Now + Forwarding(run);
        TimeSpan since = run.WaitsSince ??= told;
        if (told - since + _options.AskAgainAfter > _options.AskAgainFor)
        {
            return false;
        }

        _events.Add(told + _options.AskAgainAfter, SimulationEventKind.AskAgain, 0, run);
        return true;
    }

    /// <summary>The gateway, which has the placement after a time, sends the request to its engine.</summary>
    private void Send(int engine, TimeSpan after, EngineRequest request) =>
        _events.Add(Now + after + _options.Path.DispatchDelay, SimulationEventKind.Enqueue, engine, request);

    /// <summary>Time that a follower adds on the way to the scheduler that decides, and on the way back; zero without a follower between.</summary>
    private TimeSpan Forwarding(RequestRun run) => _options.Forwarding?.OneWay(run.Id) ?? TimeSpan.Zero;

    private void Enqueue(int engine, EngineRequest request)
    {
        if (_engines[engine].IsDown || _engines[engine].Model.Add(request, Now) != AdmissionResult.Accepted)
        {
            var run = (RequestRun)request.Context!;
            if (!_engines[engine].IsDown || !TryAnotherEngine(run))
            {
                Finish(run, RequestOutcome.Lost);
            }

            return;
        }

        TryStep(engine);
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
                // The prefill engine may drop its copy of the KV.
                if (run.FirstEngine != engine && _engines[run.FirstEngine].Model.ReleaseAwaitingPull(PrefillId(run)))
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
            if (_options.Reports?.FirstTokenDelay is { } delay)
            {
                _events.Add(Now + delay, SimulationEventKind.ReportFirstToken, engine, run);
            }
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
            _engines[engine].Model.ReleaseAwaitingPull(happened.Request.Id);
        }

        Finish(run, RequestOutcome.Completed);
    }

    private void PlaceDecode(RequestRun run)
    {
        if (_options.Mode != SchedulingMode.PdStaged)
        {
            SendDecode(run, TimeSpan.Zero);
        }
        else if (Forwarding(run) is { Ticks: > 0 } delay)
        {
            _events.Add(Now + delay, SimulationEventKind.TakeDecodeQuestion, 0, run);
        }
        else
        {
            TakeDecodeQuestion(run);
        }
    }

    /// <summary>The scheduler that decides has the question for a staged request's decode.</summary>
    private void TakeDecodeQuestion(RequestRun run)
    {
        if (!TryPlace(run, InferType.Decode, null, out Placement placement))
        {
            _engines[run.FirstEngine].Model.ReleaseAwaitingPull(PrefillId(run));
            TryStep(run.FirstEngine);
            return;
        }

        run.Second = placement.First;
        run.SecondEngine = _engineById[placement.First.Instance.InstanceId];
        SendDecode(run, Forwarding(run));
    }

    private void SendDecode(RequestRun run, TimeSpan after)
    {
        // The prefill has made the first token; its KV is the first thing that the decode computes.
        Send(run.SecondEngine, after, new EngineRequest
        {
            Id = DecodeId(run),
            PromptTokens = run.Arrival.PromptTokens + 1,
            OutputTokens = run.Arrival.OutputTokens - 1,
            Role = InferType.Decode,
            LocalPrefillId = run.SecondEngine == run.FirstEngine ? PrefillId(run) : null,
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

        ReleaseAll(run);
        _peers?.Note();
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

    /// <summary>The id of the prefill, or of the whole request, at its engine.</summary>
    private static string PrefillId(RequestRun run) => $"cmpl-{run.Id}-0";

    /// <summary>The id of a decode on an engine of its own.</summary>
    private static string DecodeId(RequestRun run) => $"chatcmpl-{run.Id}-0";

    private static float Ms(TimeSpan time) => (float)time.TotalMilliseconds;

    private static ReleasedInstance Released(in PlacedInstance placed) =>
        new(
            placed.Instance.Host,
            placed.Instance.Port,
            placed.Role,
            placed.Instance.WireId,
            placed.Instance.Version,
            placed.Instance.DataParallelRank);
}
