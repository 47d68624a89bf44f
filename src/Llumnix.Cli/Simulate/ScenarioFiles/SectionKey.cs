using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A key with a mapping.</summary>
/// <typeparam name="TSection">What the mapping is held in.</typeparam>
/// <typeparam name="TValue">What the mapping's values are held in.</typeparam>
internal sealed record SectionKey<TSection, TValue> : ScenarioKey<TSection>
{
    /// <summary>The mapping's keys.</summary>
    public required ScenarioSection<TValue> Value { get; init; }

    /// <summary>Gets the mapping's values.</summary>
    public required Func<TSection, TValue> Get { get; init; }

    /// <summary>Returns the section with the mapping's values replaced.</summary>
    public required Func<TSection, TValue, TSection> Set { get; init; }

    /// <inheritdoc/>
    public override ScenarioSection? Section => Value;

    /// <inheritdoc/>
    public override TSection Read(YamlNode node, string path, TSection section, ScenarioReading reading) =>
        Set(section, Value.Read(node, path, Get(section), reading));

    /// <inheritdoc/>
    public override TSection Apply(ScenarioFlags flags, string path, TSection section, ScenarioReading reading) =>
        Set(section, Value.Apply(flags, path, Get(section), reading));
}
