using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>The demo's state at one moment.</summary>
/// <param name="Title">The title of the run, such as <c>load-balance (1 of 2)</c>.</param>
/// <param name="Duration">How long it is to run; the load's elapsed time is measured against it.</param>
/// <param name="Load">The requests.</param>
/// <param name="Instances">The instances, in the order of their rows.</param>
internal sealed record DemoFrame(string Title, TimeSpan Duration, LoadSnapshot Load, IReadOnlyList<DemoInstance> Instances)
{
    /// <summary>How long the load has been draining: all requests are sent, and some are open; null before that.</summary>
    public TimeSpan? Draining => Load.Elapsed > Duration ? Load.Elapsed - Duration : null;

    /// <summary>Where the run is, such as <c>0:15 of 1:00</c>.</summary>
    public string Clock => Draining is { } draining
        ? $"draining for {DemoText.Clock(draining)}"
        : $"{DemoText.Clock(Load.Elapsed)} of {DemoText.Clock(Duration)}";

    /// <summary>Share of the duration that is over, 0 to 1; the drain does not count.</summary>
    public double Progress => Duration > TimeSpan.Zero ? Math.Clamp(Load.Elapsed / Duration, 0, 1) : 1;
}
