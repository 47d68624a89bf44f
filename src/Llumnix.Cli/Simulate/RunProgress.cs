using System.Globalization;
using Spectre.Console;

namespace Llumnix.Cli.Simulate;

/// <summary>
/// Tells on standard error how far runs are and how long the rest may take: a bar on a terminal, elsewhere a line every ten seconds. For any threads.
/// </summary>
/// <param name="runs">Number of runs, at least 1.</param>
/// <param name="errors">Where lines go.</param>
/// <param name="time">The clock.</param>
internal sealed class RunProgress(int runs, TextWriter errors, TimeProvider time)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, double> _shares = [];
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _lastLine;
    private double _done;

    /// <summary>Sum of the runs' progress, from 0 to their number.</summary>
    internal double Done
    {
        get
        {
            lock (_lock)
            {
                return _done;
            }
        }
    }

    /// <summary>Notes the progress of a run.</summary>
    /// <param name="run">Its name.</param>
    /// <param name="share">Its progress, 0 to 1.</param>
    internal void Note(string run, double share)
    {
        lock (_lock)
        {
            _done += share - _shares.GetValueOrDefault(run);
            _shares[run] = share;
        }
    }

    /// <summary>Notes the progress of a run, and writes a line when the last one is old enough.</summary>
    internal void NoteWithLines(string run, double share)
    {
        lock (_lock)
        {
            Note(run, share);
            TimeSpan elapsed = time.GetElapsedTime(_start);
            if (elapsed - _lastLine >= LineInterval && _done < runs)
            {
                _lastLine = elapsed;
                errors.WriteLine(Describe(elapsed));
            }
        }
    }

    /// <summary>Plays something, and shows its progress.</summary>
    /// <param name="runs">Number of runs.</param>
    /// <param name="play">Plays; is given what receives a run's name and progress.</param>
    internal static async Task<T> ShowAsync<T>(int runs, Func<Action<string, double>, Task<T>> play)
    {
        var progress = new RunProgress(runs, Console.Error, TimeProvider.System);
        if (Console.IsErrorRedirected)
        {
            return await play(progress.NoteWithLines);
        }

        IAnsiConsole terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await terminal.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask bar = context.AddTask(string.Create(CultureInfo.InvariantCulture, $"simulating {runs} runs"), maxValue: runs);
                return play((run, share) =>
                {
                    progress.Note(run, share);
                    bar.Value = progress.Done;
                });
            });
    }

    private string Describe(TimeSpan elapsed)
    {
        int ended = _shares.Values.Count(static share => share >= 1);
        string left = _done > 0 ? $", about {Clock(elapsed * ((runs - _done) / _done))} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{ended} of {runs} runs, {100 * _done / runs:0}%, {Clock(elapsed)} so far{left}");
    }

    private static string Clock(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00}");
}
