using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A mapping in a scenario file with the places of its values.</summary>
/// <typeparam name="TSection">What the values are held in.</typeparam>
/// <param name="Title">Heading of its keys.</param>
/// <param name="Rows">Its keys.</param>
internal sealed record ScenarioSection<TSection>(string Title, IReadOnlyList<ScenarioKey<TSection>> Rows) : ScenarioSection(Title)
{
    /// <inheritdoc/>
    public override IReadOnlyList<ScenarioKey> Keys => Rows;

    /// <summary>The key for which a bare value stands, as in <c>fleet: 4</c>; null: a bare value is wrong.</summary>
    public string? ShortKey { get; init; }

    /// <summary>Reads a text in place of a mapping, and adds what is wrong with it; null: see <see cref="ShortKey"/>.</summary>
    public Func<YamlScalarNode, string, ScenarioReading, TSection>? ReadText { get; init; }

    /// <summary>Takes the values of a mapping over.</summary>
    /// <param name="node">The mapping, or what stands for one.</param>
    /// <param name="path">Its path from the root; empty: it is the root.</param>
    /// <param name="section">The values of the keys that are left out.</param>
    /// <param name="reading">Receives what is wrong.</param>
    public TSection Read(YamlNode node, string path, TSection section, ScenarioReading reading)
    {
        reading.Note(path, node);
        if (ShortKey is { } key && node is YamlScalarNode)
        {
            return Rows.Single(row => row.Name == key).Read(node, path, section, reading);
        }

        if (ReadText is { } read && node is YamlScalarNode scalar)
        {
            return read(scalar, path, reading);
        }

        if (node is not YamlMappingNode mapping)
        {
            string given = node is YamlScalarNode { Value: { } value } ? RefusedValue.Quote(value) : "a list";
            reading.Add(path, node, $"must be a mapping with the keys {string.Join(", ", Rows.Select(static row => row.Name))}, not {given}");
            return section;
        }

        var seen = new HashSet<ScenarioKey>();
        foreach ((YamlNode name, YamlNode value) in mapping.Children)
        {
            section = ReadKey(name, value, path, section, seen, reading);
        }

        return section;
    }

    /// <summary>Takes over what flags give in place of values.</summary>
    /// <param name="flags">The flags.</param>
    /// <param name="path">The mapping's path from the root.</param>
    /// <param name="section">The values so far.</param>
    /// <param name="reading">Receives what is wrong.</param>
    public TSection Apply(ScenarioFlags flags, string path, TSection section, ScenarioReading reading) =>
        Rows.Aggregate(section, (applied, row) => row.Apply(flags, Below(path, row.Name), applied, reading));

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private TSection ReadKey(YamlNode name, YamlNode value, string path, TSection section, HashSet<ScenarioKey> seen, ScenarioReading reading)
    {
        if (name is not YamlScalarNode { Value: { } marked })
        {
            reading.Add(path, name, $"{(name is YamlSequenceNode ? "a list" : "a mapping")} is no key; {KnownKeys}");
            return section;
        }

        bool isRepeated = RepeatedKey.Is(marked, out string written);
        if (string.IsNullOrWhiteSpace(written))
        {
            reading.Add(path, name, $"{Quoted.Text(written)} is no key; {KnownKeys}");
            return section;
        }

        if (Rows.FirstOrDefault(row => row.Is(written)) is not { } key)
        {
            AddUnknown(written, name, path, reading);
            return section;
        }

        string at = Below(path, key.Name);
        if (!seen.Add(key))
        {
            reading.Add(at, name, isRepeated ? "is given twice" : $"is given twice, as {key.Name} and as {key.OtherName}");
            ReadValue(key, value, at, section, reading);
            return section;
        }

        return ReadValue(key, value, at, section, reading);
    }

    private static TSection ReadValue(ScenarioKey<TSection> key, YamlNode value, string at, TSection section, ScenarioReading reading)
    {
        if (value is YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: null or "" or "~" or "null" })
        {
            return section;
        }

        reading.Note(at, value);
        return key.Read(value, at, section, reading);
    }

    private string KnownKeys => $"known are {string.Join(", ", Rows.Select(static row => row.Name))}";

    /// <summary>Adds that a key is unknown, and where it belongs or which one may be meant.</summary>
    private void AddUnknown(string written, YamlNode name, string path, ScenarioReading reading)
    {
        string? meant = null;
        string hint = KnownKeys;
        if (ScenarioSections.All.FirstOrDefault(section => section.Keys.Any(key => key.Is(written))) is { } other)
        {
            meant = other == ScenarioSections.Root ? written : $"{other.Title}.{other.Keys.First(key => key.Is(written)).Name}";
            hint = $"it belongs under {other.Title}";
        }
        else if (NearestName.FindClose(written, [.. Rows.Select(static row => row.Name)]) is { } nearest)
        {
            meant = Below(path, nearest);
            hint = $"the nearest known is {nearest}";
        }

        reading.Add(new ScenarioProblem(Below(path, Quoted.Plain(written)), $"unknown key; {hint}") { Line = name.Start.Line, Meant = meant });
    }
}
