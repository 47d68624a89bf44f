using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>The step loop: one step after the other, each on time, and the delivery of their events.</summary>
internal sealed partial class EngineRunner
{
    // Task.Delay truncates to whole milliseconds; StepClock makes up for the rest.
    private static readonly TimeSpan TimerResolution = TimeSpan.FromMilliseconds(1);
    private readonly StepClock _clock = new();
    private TimerLead _lead;
    private long _generated;
    private long _preempted;
    private long _prompted;

    /// <summary>Computes until cancelled, then breaks all remaining requests off.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (TryBeginStep() is { } due)
                {
                    await WaitUntilAsync(due, cancellationToken);
                    CompleteStep();
                }
                else
                {
                    await _wake.WaitAsync(UntilNextWake(), cancellationToken);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
        finally
        {
            End();
        }
    }

    private TimeSpan? TryBeginStep()
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            int before = _model.UpdateId;
            bool begun = _model.TryBeginStep(now, out TimeSpan duration);
            if (_model.UpdateId != before)
            {
                Changed.Set();
            }

            if (begun)
            {
                return _clock.Begin(now, duration);
            }

            _clock.Idle();
            return null;
        }
    }

    private async ValueTask WaitUntilAsync(TimeSpan due, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TimeSpan wait = due - Now - _lead.Lead;
        if (wait >= TimerResolution)
        {
            await Task.Delay(wait, _timeProvider, cancellationToken);
            _lead.OnWoken(Now - due);
        }
        else
        {
            await Task.Yield();
        }
    }

    private void CompleteStep()
    {
        lock (_gate)
        {
            long tokensBefore = _generated + _prompted;
            foreach (StepEvent stepEvent in _model.CompleteStep(Now))
            {
                if (stepEvent.Kind is StepEventKind.Token or StepEventKind.Finished)
                {
                    _generated++;
                    _prompted += stepEvent.OutputTokens == 1 ? stepEvent.Request.PromptTokens : 0;
                    _histograms.OnToken(in stepEvent, (TokenStream)stepEvent.Request.Context!);
                }

                _preempted += stepEvent.Kind == StepEventKind.Preempted ? 1 : 0;
                Deliver(stepEvent);
            }

            _histograms.StepTokens.Observe(_generated + _prompted - tokensBefore);
            Changed.Set();
        }
    }

    private void Deliver(StepEvent stepEvent)
    {
        var stream = (TokenStream)stepEvent.Request.Context!;
        if (stepEvent.Kind == StepEventKind.Preempted || !_streams.Contains(stream))
        {
            return;
        }

        if (!stream.TryDeliver(stepEvent))
        {
            _streams.Remove(stream);
            _model.Abort(stepEvent.Request.Id);
            stream.Break();
        }
        else if (stepEvent.Kind == StepEventKind.Finished)
        {
            _streams.Remove(stream);
        }
    }

    private TimeSpan? UntilNextWake()
    {
        lock (_gate)
        {
            return _model.NextWakeAt - Now;
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (TokenStream stream in _streams.Union(_connected))
            {
                stream.Break();
                BrokenStreams++;
            }

            _streams.Clear();
            _connected.Clear();
        }
    }
}
