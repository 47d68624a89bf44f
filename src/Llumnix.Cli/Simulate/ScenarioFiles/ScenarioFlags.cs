using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The flags of a command line that stand for keys of a scenario, as values that a file could have.</summary>
/// <param name="valuesOf">The values of a flag, several for one that is given several times; null or none: it is not given.</param>
/// <param name="doubtful">The flags whose values are open, such as those that a misspelt one was meant to be.</param>
internal sealed class ScenarioFlags(Func<string, IReadOnlyList<string>?> valuesOf, IReadOnlySet<string> doubtful)
{
    /// <summary>No flags.</summary>
    public static ScenarioFlags None { get; } = new(static _ => null, new HashSet<string>());

    /// <summary>Whether a flag is given.</summary>
    public bool Has(string flag) => flag.Length > 0 && valuesOf(flag) is { Count: > 0 };

    /// <summary>The value that a file would have in place of a flag; null: it is not given.</summary>
    public YamlNode? Find(string flag) => Has(flag) ? new YamlScalarNode(valuesOf(flag)![^1]) : null;

    /// <summary>The list that a file would have in place of a flag that may be given several times; null: it is not given.</summary>
    public YamlNode? FindList(string flag) => Has(flag) ? new YamlSequenceNode(valuesOf(flag)!.Select(static value => new YamlScalarNode(value))) : null;

    /// <summary>The flag from which the value of a key comes, or of the mapping or list that has it; empty: from none.</summary>
    /// <param name="path">The key's path, such as <c>fleet[0].count</c>.</param>
    public string SourceOf(string path)
    {
        string[] names = [.. path.Split('.').Select(static segment => segment.Split('[')[0])];
        string own = FlagOf(names);
        return Has(own) ? own : FlagOf(names[..1]) is var outer && Has(outer) ? outer : "";
    }

    /// <summary>Whether the flag of a key, or of the mapping or list that has it, is one whose value is open.</summary>
    /// <param name="path">The key's path.</param>
    public bool IsDoubtful(string path) => doubtful.Contains(FlagOf(path)) || doubtful.Contains(FlagOf(path.Split('.')[0]));

    /// <summary>The flag that stands for a key; empty: none does.</summary>
    /// <param name="path">The key's path, such as <c>fleet[0].count</c>.</param>
    public static string FlagOf(string path) => FlagOf([.. path.Split('.').Select(static segment => segment.Split('[')[0])]);

    private static string FlagOf(string[] names)
    {
        string title = names.Length == 1 ? ScenarioSections.Root.Title : names[0];
        return ScenarioSections.All.FirstOrDefault(section => section.Title == title)?.Keys.FirstOrDefault(key => key.Is(names[^1]))?.Flag ?? "";
    }
}
