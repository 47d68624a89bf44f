using System.Text.Json;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.WhatIf;

/// <summary>Plays what-ifs, one at a time, and keeps the last one. Safe for concurrent use.</summary>
/// <param name="source">The scheduler.</param>
/// <param name="nowMs">Tells the moment, milliseconds of the scheduler's clock.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of each what-if.</param>
internal sealed partial class WhatIfRunner(AdminSource source, Func<double> nowMs, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _cancellation;
    private Task _running = Task.CompletedTask;
    private WhatIfRun? _run;
    private bool _isBusy;
    private bool _isDisposed;

    /// <summary>Why no what-if can be played here; null when one can.</summary>
    internal string? WhyNot => source.Mode.History is null || source.SchedulerFlags is null ? "this program records no decisions of a scheduler whose options are known" : null;

    /// <summary>The options that may be different, with their present values.</summary>
    internal IReadOnlyList<WhatIfFlag> Flags { get; } = FlagsOf(source);

    /// <summary>The last what-if, or the one that is played; null before the first one.</summary>
    internal WhatIfRun? Current
    {
        get
        {
            lock (_gate)
            {
                return _run;
            }
        }
    }

    /// <summary>Begins one.</summary>
    /// <param name="question">What is asked.</param>
    /// <returns>200 with nothing when it has begun; else a status and why not.</returns>
    internal (int Status, string Error) Start(WhatIfQuestion question)
    {
        if (WhyNot is { } reason)
        {
            return (StatusCodes.Status409Conflict, reason);
        }

        if (question.FindError([.. Flags.Select(static flag => flag.Flag)]) is { } wrong)
        {
            return (StatusCodes.Status400BadRequest, wrong);
        }

        lock (_gate)
        {
            if (_isBusy || _isDisposed)
            {
                return (StatusCodes.Status429TooManyRequests, "another what-if is being played: wait for it or end it");
            }

            _isBusy = true;
        }

        WhatIfJob? job = null;
        try
        {
            job = WhatIfJob.Prepare(question, source, nowMs(), out string error, out bool isOfQuestion);
            if (job is null)
            {
                return (isOfQuestion ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict, error);
            }

            Play(question, job);
            return (StatusCodes.Status200OK, "");
        }
        finally
        {
            if (job is null)
            {
                lock (_gate)
                {
                    _isBusy = false;
                }
            }
        }
    }

    /// <summary>Ends the one that is played, if any.</summary>
    internal void Cancel()
    {
        lock (_gate)
        {
            if (_isBusy)
            {
                _run = _run is { State: WhatIfRun.Running } ? _run with { State = WhatIfRun.Cancelled } : _run;
                _cancellation?.Cancel();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_gate)
        {
            _isDisposed = true;
            _cancellation?.Cancel();
            running = _running;
        }

        await running;
    }

    private static IReadOnlyList<WhatIfFlag> FlagsOf(AdminSource source)
    {
        Options.SchedulerOptions present = SimulatedFlags.Parse(source.SchedulerFlags ?? []).Options;
        return
        [
            .. from flag in SimulatedFlags.Changeable(present.Mode.IsFull)
               let row = SimulatedFlags.RowOf(flag)
               select new WhatIfFlag(flag, row.Group, row.Kind, row.Display(present), SimulatedFlags.NamesOf(flag, present), row.Description),
        ];
    }

    private void Play(WhatIfQuestion question, WhatIfJob job)
    {
        var cancellation = new CancellationTokenSource(WhatIfLimits.TimeLimit, time);
        lock (_gate)
        {
            if (_isDisposed)
            {
                cancellation.Cancel();
            }

            _cancellation = cancellation;
            Dictionary<string, string> overrides = question.Overrides!.ToDictionary(static pair => pair.Key, static pair => WhatIfQuestion.TextOf(pair.Value)!, StringComparer.Ordinal);
            _run = new WhatIfRun((_run?.Number ?? 0) + 1, WhatIfRun.Running, 0, (long)nowMs(), overrides, "", null);
            _running = LowPriority.RunAsync("what-if", () => PlayHere(job, cancellation));
        }
    }

    private void PlayHere(WhatIfJob job, CancellationTokenSource cancellation)
    {
        long start = time.GetTimestamp();
        WhatIfResult? result = null;
        string error = "";
        try
        {
            using (job)
            {
                result = job.Play(Note, cancellation.Token);
                error = result is null ? FormattableString.Invariant($"not even one seed was played in {WhatIfLimits.TimeLimit.TotalSeconds} s: ask for fewer minutes") : "";
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A fault of a simulation must not end the scheduler beside it.
            error = "it could not be played; the log says why";
            LogFailed(exception);
        }

        lock (_gate)
        {
            _run = _run!.State == WhatIfRun.Cancelled
                ? _run
                : _run with { State = result is null ? WhatIfRun.Failed : WhatIfRun.Done, Progress = 1, Error = error, Result = result };
            (_cancellation, _isBusy) = (null, false);
            LogEnded(_run.Number, _run.State, time.GetElapsedTime(start).TotalSeconds);
        }

        cancellation.Dispose();
    }

    private void Note(double share)
    {
        lock (_gate)
        {
            _run = _run! with { Progress = Math.Round(share, 3) };
        }
    }

    [LoggerMessage(LogLevel.Information, "What-if {Number} {State} after {Seconds:0.0} s")]
    private partial void LogEnded(long number, string state, double seconds);

    [LoggerMessage(LogLevel.Error, "A what-if could not be played")]
    private partial void LogFailed(Exception exception);
}
