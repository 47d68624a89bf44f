using System.Globalization;
using Llumnix.Cli.Load;
using Spectre.Console;

namespace Llumnix.Cli.Top;

/// <summary>Shows what a client of an event stream knows: redrawn on a terminal, once elsewhere.</summary>
/// <param name="console">The terminal.</param>
/// <param name="client">What is shown.</param>
/// <param name="order">What the instances are sorted by.</param>
/// <param name="time">The clock.</param>
internal sealed class TopScreen(IAnsiConsole console, TopClient client, TopOrder order, TimeProvider time)
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>More than any frame needs: what goes into a pipe or a file is not cut.</summary>
    private const int Unbounded = 100_000;

    /// <summary>The terminal; what is redirected has the columns of <c>COLUMNS</c>, where it is set.</summary>
    public static IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Console;
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), CultureInfo.InvariantCulture, out int columns) && columns is > 0 and < Unbounded
                ? columns : Unbounded;
            console.Profile.Height = Unbounded;
        }

        return console;
    }

    /// <summary>Whether the terminal can be redrawn.</summary>
    public bool CanRedraw => console.Profile.Capabilities is { Ansi: true, Interactive: true };

    /// <summary>Writes one frame.</summary>
    public void Write() => console.Write(Draw());

    /// <summary>Redraws until it is stopped, which is no error.</summary>
    public Task RedrawAsync(CancellationToken stop) => console.Live(Draw()).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
    {
        while (!stop.IsCancellationRequested)
        {
            live.UpdateTarget(Draw());
            await Task.Delay(RedrawInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    });

    private Spectre.Console.Rendering.IRenderable Draw() =>
        // The last line stays free, since a terminal that is full scrolls.
        client.Read(state => TopView.Draw(state, AnswerText.OneLine(client.Description), order, console.Profile.Width, console.Profile.Height - 1));
}
