using System.Runtime.InteropServices;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

public sealed partial class EngineModel
{
    private bool _stepping;
    private bool _eventsDelivered;
    private int _budget;
    private StepLoad _step;
    private TimeSpan _stepDuration;

    /// <summary>How many times as long as configured steps take from the next one on, above 0.</summary>
    public double Slowness { get; set; } = 1;

    /// <summary>Forms the next step: decodes first, then chunks of running prefills, then waiting requests in order of arrival.</summary>
    /// <param name="now">The time.</param>
    /// <param name="duration">How long the step computes; zero when there is none.</param>
    /// <returns>False when there is nothing to compute now.</returns>
    /// <exception cref="InvalidOperationException">The step before has not been completed.</exception>
    public bool TryBeginStep(TimeSpan now, out TimeSpan duration)
    {
        if (_stepping)
        {
            throw new InvalidOperationException("The step before is not completed.");
        }

        ForgetDeliveredEvents();
        DropExpiredKv(now);
        StartLoaded(now);
        FormStep(now);
        _step = StepLoad.Of(_running);
        _stepping = _step.Requests > 0;
        _stepDuration = duration = _stepping ? Slowness * Noisy(_step.Duration(Configuration.Latency)) : TimeSpan.Zero;
        StepId += _stepping ? 1 : 0;
        UpdateId += _stepping ? 1 : 0;
        return _stepping;
    }

    /// <summary>Ends the step: decodes and completed prefills emit a token each.</summary>
    /// <param name="now">The time.</param>
    /// <returns>The events since the step before. Valid until the next step begins.</returns>
    /// <exception cref="InvalidOperationException">No step has begun.</exception>
    public ReadOnlySpan<StepEvent> CompleteStep(TimeSpan now)
    {
        if (!_stepping)
        {
            throw new InvalidOperationException("No step has begun.");
        }

        int kept = 0;
        for (int i = 0; i < _running.Count; i++)
        {
            Sequence sequence = _running[i];
            if (!Advance(sequence, now))
            {
                _running[kept++] = sequence;
            }
        }

        _running.RemoveRange(kept, _running.Count - kept);
        _profile.Record(_step.PrefillTokens, _stepDuration, Configuration.ProfilingSteps);
        _stepping = false;
        _eventsDelivered = true;
        UpdateId++;
        return CollectionsMarshal.AsSpan(_events);
    }

    /// <summary>Abandons the step in progress, if any, because the process has died: it is never completed and has no results.</summary>
    public void AbandonStep() => _stepping = false;

    private void ForgetDeliveredEvents()
    {
        if (_eventsDelivered)
        {
            _events.Clear();
            _eventsDelivered = false;
        }
    }

    private void DropExpiredKv(TimeSpan now)
    {
        while (_awaitingPull.First is { } oldest && oldest.Value.Due <= now)
        {
            _awaitingPull.RemoveFirst();
            End(oldest.Value);
        }
    }

    private void StartLoaded(TimeSpan now)
    {
        for (int i = 0; i < _loading.Count && _running.Count < Configuration.MaxRunningRequests;)
        {
            Sequence sequence = _loading[i];
            if (sequence.Due > now)
            {
                i++;
                continue;
            }

            _loading.RemoveAt(i);
            sequence.Phase = SequencePhase.Decoding;
            sequence.NeedsLoad = false;
            sequence.Computed = sequence.Tokens - 1;
            _running.Add(sequence);
            if (!sequence.IsLoadSilent)
            {
                _events.Add(new StepEvent(sequence.Request, StepEventKind.Loaded, sequence.Emitted));
            }

            UpdateId++;
        }
    }

    private void FormStep(TimeSpan now)
    {
        _budget = Configuration.MaxBatchedTokens;
        bool preempted = ScheduleRunning(SequencePhase.Decoding);
        preempted |= ScheduleRunning(SequencePhase.Prefilling);

        // Admitting right after a preemption would hand the freed blocks to the request that has just lost them.
        if (!preempted || _budget == Configuration.MaxBatchedTokens)
        {
            while (_waiting.First is { } first && TryAdmit(first.Value, now))
            {
                _waiting.RemoveFirst();
                UpdateId++;
            }
        }
    }

    /// <returns>Whether a request had to be preempted.</returns>
    private bool ScheduleRunning(SequencePhase phase)
    {
        bool preempted = false;
        for (int i = 0; i < _running.Count && _budget > 0; i++)
        {
            Sequence sequence = _running[i];
            if (sequence.Phase != phase)
            {
                continue;
            }

            int tokens = Math.Min(sequence.Uncomputed, _budget);
            while (sequence.Phase == phase && !_blocks.TryGrow(sequence, sequence.Computed + tokens))
            {
                PreemptYoungest();
                preempted = true;
            }

            if (sequence.Phase == phase)
            {
                Schedule(sequence, tokens);
            }
        }

        return preempted;
    }

    private void Schedule(Sequence sequence, int tokens)
    {
        sequence.Scheduled = tokens;
        _budget -= tokens;
    }

    private void PreemptYoungest()
    {
        Sequence victim = _running[^1];
        _running.RemoveAt(_running.Count - 1);
        _budget += victim.Scheduled;
        victim.Scheduled = 0;
        StopMigratingOut(victim, MigrationState.RequestPreempted);
        _blocks.Release(victim);
        victim.Phase = SequencePhase.Waiting;
        _waiting.AddFirst(victim);
        _events.Add(new StepEvent(victim.Request, StepEventKind.Preempted, victim.Emitted));
        UpdateId++;
    }

    /// <returns>Whether the request has left the running list.</returns>
    private bool Advance(Sequence sequence, TimeSpan now)
    {
        if (sequence.Scheduled == 0)
        {
            return false;
        }

        sequence.Computed += sequence.Scheduled;
        sequence.Scheduled = 0;
        if (sequence.Phase == SequencePhase.Prefilling)
        {
            _blocks.ShareComputedPrefix(sequence);
        }

        return sequence.Uncomputed == 0 && Emit(sequence, now);
    }

    private bool Emit(Sequence sequence, TimeSpan now)
    {
        sequence.Emitted++;
        sequence.Phase = SequencePhase.Decoding;
        bool finished = sequence.Emitted == sequence.OutputTokens;
        _events.Add(new StepEvent(sequence.Request, finished ? StepEventKind.Finished : StepEventKind.Token, sequence.Emitted));
        if (finished && sequence.Request.Role == InferType.Prefill)
        {
            Hold(sequence, now);
        }
        else if (finished)
        {
            End(sequence);
        }

        return finished;
    }

    private void Hold(Sequence sequence, TimeSpan now)
    {
        sequence.Phase = SequencePhase.AwaitingPull;
        sequence.Due = now + Configuration.AwaitingPullTimeout;
        _awaitingPull.AddLast(sequence);
    }

    private TimeSpan Noisy(TimeSpan duration)
    {
        if (Configuration.Noise == 0)
        {
            return duration;
        }

        // Box-Muller; limited to a tenth of the duration, so that no step has a negative one.
        double gauss = Math.Sqrt(-2 * Math.Log(1 - _noise.NextDouble())) * Math.Cos(2 * Math.PI * _noise.NextDouble());
        return duration * Math.Max(0.1, 1 + (Configuration.Noise * gauss));
    }
}
