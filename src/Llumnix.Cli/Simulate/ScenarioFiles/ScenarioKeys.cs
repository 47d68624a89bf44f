using Llumnix.Adapters.Options.Table;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>Makes the keys of a section.</summary>
/// <typeparam name="TSection">What the values are held in.</typeparam>
/// <param name="defaults">The values of the keys that are left out.</param>
internal sealed class ScenarioKeys<TSection>(TSection defaults)
{
    /// <summary>A key whose default is a value of its type.</summary>
    public ScalarKey<TSection, TValue> Value<TValue>(
        string name, OptionType<TValue> type, string unit, string description, Func<TSection, TValue> get, Func<TSection, TValue, TSection> set) => new()
    {
        Name = name,
        Kind = type.Kind,
        Unit = unit,
        Default = type.Write(get(defaults)),
        Description = description,
        Type = type,
        Set = set,
    };

    /// <summary>A key whose value may be missing.</summary>
    public ScalarKey<TSection, TValue> Optional<TValue>(
        string name, OptionType<TValue> type, string unit, string description, Func<TSection, TValue?> get, Func<TSection, TValue, TSection> set)
        where TValue : struct => new()
    {
        Name = name,
        Kind = type.Kind,
        Unit = unit,
        Default = get(defaults) is { } value ? type.Write(value) : "",
        Description = description,
        Type = type,
        Set = set,
    };

    /// <summary>A key with the path of a file, which may be missing.</summary>
    public ScalarKey<TSection, string> File(string name, string description, Func<TSection, string?> get, Func<TSection, string, TSection> set) => new()
    {
        Name = name,
        Kind = "path",
        Default = get(defaults) ?? "",
        Description = description,
        Type = OptionTypes.Name,
        Set = set,
        Resolve = static (path, reading) => reading.Resolve(path),
    };
}
