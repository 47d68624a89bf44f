using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A key with a list of mappings; one mapping stands for a list of it.</summary>
/// <typeparam name="TSection">What the list is held in.</typeparam>
/// <typeparam name="TItem">What the values of one mapping are held in.</typeparam>
internal sealed record SectionListKey<TSection, TItem> : ScenarioKey<TSection>
{
    /// <summary>The keys of a mapping.</summary>
    public required ScenarioSection<TItem> Item { get; init; }

    /// <summary>The values of a mapping without keys.</summary>
    public required TItem Empty { get; init; }

    /// <summary>Gets the list.</summary>
    public required Func<TSection, IReadOnlyList<TItem>> Get { get; init; }

    /// <summary>Returns the section with the list replaced.</summary>
    public required Func<TSection, IReadOnlyList<TItem>, TSection> Set { get; init; }

    /// <summary>Fills in what follows from other keys of a mapping.</summary>
    public Func<TItem, TItem> Complete { get; init; } = static item => item;

    /// <inheritdoc/>
    public override ScenarioSection? Section => Item;

    /// <inheritdoc/>
    public override TSection Read(YamlNode node, string path, TSection section, ScenarioReading reading)
    {
        IEnumerable<YamlNode> items = node is YamlSequenceNode sequence ? sequence.Children : [node];
        return Set(section, [.. items.Select((item, i) => Complete(Item.Read(item, FormattableString.Invariant($"{path}[{i}]"), Empty, reading)))]);
    }

    /// <inheritdoc/>
    public override TSection Apply(ScenarioFlags flags, string path, TSection section, ScenarioReading reading)
    {
        section = flags.FindList(Flag) is { } node ? Read(node, path, section, reading) : section;
        return Set(section, [.. Get(section).Select((item, i) => Item.Apply(flags, FormattableString.Invariant($"{path}[{i}]"), item, reading))]);
    }
}
