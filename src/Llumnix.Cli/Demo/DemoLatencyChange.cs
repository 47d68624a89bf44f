using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Demo;

/// <summary>How a latency of one run differs from that of another one.</summary>
/// <param name="Label">The latency's name.</param>
/// <param name="Change">The ratio less 1; NaN where it cannot be compared.</param>
internal readonly record struct DemoLatencyChange(string Label, double Change)
{
    /// <summary>Whether it is the time from end to end, of which the others are parts.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether the difference is within the noise.</summary>
    public bool IsNoise { get; init; }

    /// <summary>Whether both are within the latency's target.</summary>
    public bool IsWithinTarget { get; init; }

    /// <summary>Whether the difference is too small to count.</summary>
    public bool IsSame => Math.Abs(Change) < ComparisonRule.LatencyTolerance;

    /// <summary>1 where the first run is better, -1 where it is worse, 0 where nothing tells.</summary>
    public int Sign => double.IsNaN(Change) || IsSame || IsNoise ? 0 : -Math.Sign(Change);

    /// <summary>The differences as one text: those that count, then those that do not, in groups.</summary>
    public static string Describe(IReadOnlyList<DemoLatencyChange> changes) => string.Join("; ", new[]
    {
        string.Join(", ", changes.Where(static change => change.Sign != 0).Select(static change => change.Text)),
        Group(changes.Where(static change => !change.IsSame && change.IsNoise), "differs within the noise", "differ within the noise"),
        Group(changes.Where(static change => change.IsSame), "is about the same", "are about the same"),
        Group(changes.Where(static change => double.IsNaN(change.Change)), "cannot be compared", "cannot be compared"),
    }.Where(static text => text.Length > 0));

    private string Text =>
        $"{Label} is {DemoText.Percent(Math.Abs(Change))} {(Change < 0 ? "lower" : "higher")}{(IsWithinTarget ? ", within its target in both" : "")}";

    private static string Group(IEnumerable<DemoLatencyChange> changes, string one, string several)
    {
        string[] labels = [.. changes.Select(static change => change.Label)];
        return labels.Length switch
        {
            0 => "",
            1 => $"{labels[0]} {one}",
            _ => $"{string.Join(", ", labels[..^1])} and {labels[^1]} {several}",
        };
    }
}
