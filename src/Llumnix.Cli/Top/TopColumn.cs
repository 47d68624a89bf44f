using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Cli.Top;

/// <summary>A column of the instances beside their ids.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Width">Its width without the space after it; negative: aligned to the right.</param>
/// <param name="LeavesAs">Its place among those that leave where the terminal is too narrow, from 1; 0: it stays.</param>
/// <param name="Text">The text of an instance.</param>
internal sealed record TopColumn(string Title, int Width, int LeavesAs, Func<FleetInstance, string> Text)
{
    /// <summary>Whether it is left out where no instance has anything there.</summary>
    public bool NeedsText { get; init; }

    /// <summary>Columns of the terminal, with the space.</summary>
    public int Space => Math.Abs(Width) + 1;
}
