using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Options.Table;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A key of a scenario file, as the reference shows it.</summary>
internal abstract record ScenarioKey
{
    private static readonly string[] Numbers = ["a whole number", "a number"];

    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The other grammatical number of the name, which is accepted too; empty: none.</summary>
    public string OtherName { get; init; } = "";

    /// <summary>The kind of value, such as <c>integer</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The bounds of a number, to go behind its kind, such as <c> from 0 to 1</c>; empty: it is none.</summary>
    public virtual string Range => "";

    /// <summary>The unit of the value; empty: none.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The value where the key is left out, as text; empty: it has no single one.</summary>
    public string Default { get; init; } = "";

    /// <summary>What it is, in one line.</summary>
    public required string Description { get; init; }

    /// <summary>The flag of <c>llumnix simulate</c> that overrides it; empty: none.</summary>
    public string Flag { get; init; } = "";

    /// <summary>The keys of the values, where they are mappings; else null.</summary>
    public virtual ScenarioSection? Section => null;

    /// <summary>What a type says of the bounds of its numbers.</summary>
    protected static string RangeOf<TValue>(OptionType<TValue> type)
    {
        string? numbers = Numbers.FirstOrDefault(numbers => type.Expected.StartsWith(numbers, StringComparison.Ordinal));
        return numbers is null ? "" : type.Expected[numbers.Length..];
    }

    /// <summary>What is wrong with a value of a type; null: nothing.</summary>
    protected static string? FindProblem<TValue>(OptionType<TValue> type, YamlNode node, string expected, out TValue value)
    {
        value = default!;
        if (node is not YamlScalarNode { Value: { } text })
        {
            return $"must be {expected}, not {(node is YamlSequenceNode ? "a list" : node is YamlMappingNode ? "a mapping" : "nothing")}";
        }

        return type.Read(text, out value) && type.IsInRange(value) ? null
            : $"must be {expected}, not {RefusedValue.Quote(text)}{(type.Explain(text) is { } explained ? $"; {explained}" : "")}";
    }

    /// <summary>Whether a name is this key's.</summary>
    public bool Is(string name) => name.Length > 0 && (name == Name || name == OtherName);
}
