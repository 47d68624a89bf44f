using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A key of a scenario file with the place of its value.</summary>
/// <typeparam name="TSection">What the value is held in.</typeparam>
internal abstract record ScenarioKey<TSection> : ScenarioKey
{
    /// <summary>Takes the value over.</summary>
    /// <param name="node">The value.</param>
    /// <param name="path">The key's path from the root, for messages.</param>
    /// <param name="section">What holds the values so far.</param>
    /// <param name="reading">Receives what is wrong.</param>
    /// <returns>The section with the value; unchanged where it cannot be used.</returns>
    public abstract TSection Read(YamlNode node, string path, TSection section, ScenarioReading reading);

    /// <summary>Takes over what flags give in place of the value, or of values below it.</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="path">The key's path from the root, for messages.</param>
    /// <param name="section">What holds the values so far.</param>
    /// <param name="reading">Receives what is wrong.</param>
    /// <returns>The section with the value.</returns>
    public virtual TSection Apply(ScenarioFlags flags, string path, TSection section, ScenarioReading reading) =>
        flags.Find(Flag) is { } node ? Read(node, path, section, reading) : section;
}
