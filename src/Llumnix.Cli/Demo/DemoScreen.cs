using Spectre.Console;

namespace Llumnix.Cli.Demo;

/// <summary>Shows the demo while it runs: redrawn tables on a terminal, one plain line per second elsewhere.</summary>
internal sealed class DemoScreen(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    /// <summary>Shows frames until stopped, with a last one at the end. Stopping is not an error.</summary>
    /// <param name="capture">Takes the state of the moment.</param>
    /// <param name="stop">Ends the showing.</param>
    public Task ShowAsync(Func<DemoFrame> capture, CancellationToken stop)
    {
        bool canRedraw = console.Profile.Capabilities is { Ansi: true, Interactive: true };
        return canRedraw ? RedrawAsync(capture, stop) : WriteLinesAsync(capture, stop);
    }

    private Task RedrawAsync(Func<DemoFrame> capture, CancellationToken stop) =>
        console.Live(DemoView.Draw(capture())).StartAsync(live => RepeatAsync(RedrawInterval, () => live.UpdateTarget(DemoView.Draw(capture())), stop));

    private Task WriteLinesAsync(Func<DemoFrame> capture, CancellationToken stop) =>
        RepeatAsync(LineInterval, () => console.Profile.Out.Writer.WriteLine(DemoLine.Format(capture())), stop);

    private async Task RepeatAsync(TimeSpan interval, Action show, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            show();
        }
    }
}
