using System.Globalization;
using Spectre.Console;

namespace Llumnix.Cli.Profiling;

/// <summary>Shows the progress of a profile: a bar on terminals that can redraw, otherwise a line per cell.</summary>
internal sealed class ProfileProgress(IAnsiConsole console, ProgressTask? bar, int cells) : IProgress<ProfileCell>
{
    private readonly List<string> _missing = [];
    private int _done;

    /// <summary>The cells that are not in the tables, with reasons.</summary>
    public IReadOnlyList<string> Missing => _missing;

    public void Report(ProfileCell value)
    {
        _done++;
        string outcome = value.Refusal is not null ? ": left out"
            : value.Milliseconds is { } ms ? $": {ms.ToString("0.00", CultureInfo.InvariantCulture)} ms"
            : "";
        if (value.Refusal is not null)
        {
            _missing.Add($"{value.Name}: {value.Refusal}");
        }

        if (bar is null)
        {
            console.Profile.Out.Writer.WriteLine($"{_done}/{cells} {value.Name}{outcome}");
            return;
        }

        bar.Increment(1);
        bar.Description = Markup.Escape(value.Name + outcome);
    }
}
