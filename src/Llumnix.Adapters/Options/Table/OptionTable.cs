namespace Llumnix.Adapters.Options.Table;

/// <summary>The options of a program. Help, reference, environment, configuration file and validation read it.</summary>
public abstract class OptionTable
{
    internal const string HelpName = "help";
    internal const string VersionName = "version";
    internal const string ConfigName = "config";
    internal const string ExtraArgumentsName = "extra-args";

    private readonly Dictionary<string, OptionDefinition> _byName;

    private protected OptionTable(IReadOnlyList<OptionDefinition> definitions)
    {
        Definitions = definitions;
        _byName = definitions
            .SelectMany(row => row.Aliases.Append(row.Name), (row, name) => (row, name))
            .ToDictionary(pair => pair.name, pair => pair.row);
    }

    /// <summary>Prefix of the options' environment variables, such as <c>LLUMNIX_SCHEDULER_</c>.</summary>
    public required string EnvironmentPrefix { get; init; }

    /// <summary>What stands above the flags in the text of <c>--help</c>.</summary>
    public required string HelpIntroduction { get; init; }

    /// <summary>What stands above the flags in the reference, in Markdown.</summary>
    public required string ReferenceIntroduction { get; init; }

    /// <summary>All rows, by group.</summary>
    public IReadOnlyList<OptionDefinition> Definitions { get; }

    /// <summary>Every name and alias.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>The row of a name or alias; underscores count as dashes.</summary>
    public OptionDefinition? Find(string name) => _byName.GetValueOrDefault(name.Replace('_', '-'));

    /// <summary>The row of a name that must exist.</summary>
    public OptionDefinition Get(string name) => _byName[name];

    /// <summary>The environment variable of a flag's name.</summary>
    public string ToEnvironmentVariable(string name) => EnvironmentPrefix + name.ToUpperInvariant().Replace('-', '_');

    /// <summary>The default as text; empty when there is none.</summary>
    public abstract string DefaultOf(OptionDefinition row);
}
