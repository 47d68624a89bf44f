using Llumnix.Adapters.Options.Table;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>A key with one value.</summary>
/// <typeparam name="TSection">What the value is held in.</typeparam>
/// <typeparam name="TValue">The value.</typeparam>
internal sealed record ScalarKey<TSection, TValue> : ScenarioKey<TSection>
{
    /// <summary>Parsing and range of the value.</summary>
    public required OptionType<TValue> Type { get; init; }

    /// <summary>Returns the section with the value replaced.</summary>
    public required Func<TSection, TValue, TSection> Set { get; init; }

    /// <summary>Returns the section as it is where there is a value that cannot be read; null: as without the key.</summary>
    public Func<TSection, TSection>? Unread { get; init; }

    /// <summary>Makes the text independent of the working directory, where it is a path; null: it is none.</summary>
    public Func<TValue, ScenarioReading, TValue>? Resolve { get; init; }

    /// <inheritdoc/>
    public override string Range => RangeOf(Type);

    /// <inheritdoc/>
    public override TSection Read(YamlNode node, string path, TSection section, ScenarioReading reading)
    {
        if (FindProblem(Type, node, Type.Expected, out TValue value) is { } problem)
        {
            reading.Add(path, node, problem);
            return Unread is null ? section : Unread(section);
        }

        return Set(section, Resolve is null ? value : Resolve(value, reading));
    }
}
