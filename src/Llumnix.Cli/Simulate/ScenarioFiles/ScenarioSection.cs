namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A mapping in a scenario file, as the reference shows it.</summary>
/// <param name="Title">Heading of its keys.</param>
internal abstract record ScenarioSection(string Title)
{
    /// <summary>Its keys, in the order of the reference.</summary>
    public abstract IReadOnlyList<ScenarioKey> Keys { get; }
}
