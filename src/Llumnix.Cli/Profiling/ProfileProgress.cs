using System.Globalization;
using Spectre.Console;

namespace Llumnix.Cli.Profiling;

/// <summary>Shows how far a profile is: a bar where the terminal can redraw, else a line per cell.</summary>
internal sealed class ProfileProgress(IAnsiConsole console, ProgressTask? bar, int cells) : IProgress<ProfileCell>
{
    private int _done;

    /// <summary>Cells that could not be measured.</summary>
    public int Failed { get; private set; }

    public void Report(ProfileCell value)
    {
        _done++;
        Failed += value is { Milliseconds: null, IsKnown: false } ? 1 : 0;
        string outcome = value.IsKnown ? "" : value.Milliseconds is { } ms ? $": {ms.ToString("0.00", CultureInfo.InvariantCulture)} ms" : ": could not be measured";
        if (bar is null)
        {
            console.Profile.Out.Writer.WriteLine($"{_done}/{cells} {value.Name}{outcome}");
            return;
        }

        bar.Increment(1);
        bar.Description = Markup.Escape(value.Name + outcome);
    }
}
