using Llumnix.Adapters.Options.Table;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A key with a list of values; one value stands for a list of it.</summary>
/// <typeparam name="TSection">What the values are held in.</typeparam>
/// <typeparam name="TValue">One value.</typeparam>
internal sealed record ScalarListKey<TSection, TValue> : ScenarioKey<TSection>
{
    /// <summary>Parsing and range of a value.</summary>
    public required OptionType<TValue> Type { get; init; }

    /// <summary>Whether a list without values has no meaning.</summary>
    public bool NeedsOne { get; init; }

    /// <summary>Returns the section with the values replaced.</summary>
    public required Func<TSection, IReadOnlyList<TValue>, TSection> Set { get; init; }

    /// <summary>Splits a bare value into several, such as flags at their spaces.</summary>
    public Func<string, IEnumerable<string>> Split { get; init; } = static text => [text];

    /// <summary>Splits an entry of a list, such as a flag with its value.</summary>
    public Func<string, IEnumerable<string>> SplitEntry { get; init; } = static text => [text];

    /// <summary>Makes the values independent of the working directory, where there are paths among them.</summary>
    public Func<IReadOnlyList<TValue>, ScenarioReading, IReadOnlyList<TValue>> Resolve { get; init; } = static (values, _) => values;

    /// <inheritdoc/>
    public override string Range => RangeOf(Type);

    /// <inheritdoc/>
    public override TSection Read(YamlNode node, string path, TSection section, ScenarioReading reading)
    {
        var values = new List<TValue>();
        if (node is YamlSequenceNode sequence)
        {
            for (int i = 0; i < sequence.Children.Count; i++)
            {
                ReadEntry(sequence.Children[i], FormattableString.Invariant($"{path}[{i}]"), path, values, reading);
            }

            if (NeedsOne && sequence.Children.Count == 0)
            {
                reading.Add(path, node, "needs at least one");
            }
        }
        else if (node is YamlScalarNode { Value: { } text })
        {
            foreach (string part in Split(text))
            {
                ReadItem(new YamlScalarNode(part), node, OneOrSeveral, path, values, reading);
            }
        }
        else
        {
            ReadItem(node, node, OneOrSeveral, path, values, reading);
        }

        return Set(section, Resolve(values, reading));
    }

    /// <inheritdoc/>
    public override TSection Apply(ScenarioFlags flags, string path, TSection section, ScenarioReading reading) =>
        flags.FindList(Flag) is { } node ? Read(node, path, section, reading) : section;

    private string OneOrSeveral => $"{Type.Expected}, or a list of them";

    private void ReadEntry(YamlNode node, string at, string path, List<TValue> values, ScenarioReading reading)
    {
        reading.Note(at, node);
        string[] parts = node is YamlScalarNode { Value: { } text } ? [.. SplitEntry(text)] : [];
        if (parts.Length < 2)
        {
            ReadItem(node, node, Type.Expected, at, values, reading);
            return;
        }

        foreach (string part in parts)
        {
            reading.Note(FormattableString.Invariant($"{path}[{values.Count}]"), node);
            ReadItem(new YamlScalarNode(part), node, Type.Expected, at, values, reading);
        }
    }

    private void ReadItem(YamlNode node, YamlNode place, string expected, string path, List<TValue> values, ScenarioReading reading)
    {
        if (FindProblem(Type, node, expected, out TValue value) is { } problem)
        {
            reading.Add(path, place, problem);
        }
        else
        {
            values.Add(value);
        }
    }
}
