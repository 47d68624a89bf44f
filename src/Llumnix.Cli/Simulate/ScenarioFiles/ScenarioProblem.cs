namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>One thing that is wrong with a scenario.</summary>
/// <param name="Path">The key, such as <c>fleet[0].count</c>; empty: the whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record ScenarioProblem(string Path, string Message)
{
    /// <summary>
    /// Whether it may only follow from another one: they are about the same section, or it is about numbers of engines, which are wrong already. Flags are wrong by
    /// themselves.
    /// </summary>
    public bool MayFollowFrom(ScenarioProblem other) => Path.EndsWith(".flags", StringComparison.Ordinal)
        ? other.Path.StartsWith(Path, StringComparison.Ordinal)
        : SectionOf(Path) == SectionOf(other.Path) || (other.Path.StartsWith("fleet", StringComparison.Ordinal) && !Path.EndsWith(".name", StringComparison.Ordinal));

    private static string SectionOf(string path)
    {
        int end = path.IndexOf('.', StringComparison.Ordinal);
        return end < 0 ? path : path[..end];
    }

    /// <summary>Key and message on one line.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
