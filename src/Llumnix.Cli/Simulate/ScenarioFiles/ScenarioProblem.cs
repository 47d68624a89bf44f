namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>One thing that is wrong with a scenario.</summary>
/// <param name="Path">The key, such as <c>fleet[0].count</c>; empty: the whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record ScenarioProblem(string Path, string Message)
{
    /// <summary>Key and message on one line.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
