using Llumnix.Adapters.Secrets;

namespace Llumnix.Adapters.Options.Table;

/// <summary>A group of options in one part of <typeparamref name="TOptions"/>; makes the rows of its table.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
/// <typeparam name="TGroup">The part that holds the group.</typeparam>
/// <param name="Title">Heading in help texts.</param>
/// <param name="Get">Gets the part.</param>
/// <param name="Set">Returns the options with the part replaced.</param>
public sealed record OptionGroup<TOptions, TGroup>(string Title, Func<TOptions, TGroup> Get, Func<TOptions, TGroup, TOptions> Set)
{
    /// <summary>Makes a row; its default is the value in the table's defaults.</summary>
    public OptionDefinition<TOptions> Row<T>(
        string name, OptionType<T> type, string description, Func<TGroup, T> get, Func<TGroup, T, TGroup> set) => new()
    {
        Name = name,
        Group = Title,
        Kind = type.Kind,
        Description = description,
        IsBoolean = typeof(T) == typeof(bool),
        IsSecret = typeof(T) == typeof(Secret),
        Binding = new OptionBinding<TOptions, T>(type, options => get(Get(options)), (options, value) => Set(options, set(Get(options), value))),
    };

    /// <summary>Makes the row of a file that holds the secret of another row, so that the secret does not show in process listings.</summary>
    public OptionDefinition<TOptions> SecretFileRow(string secretName) => new()
    {
        Name = secretName + "-file",
        Group = Title,
        Kind = OptionTypes.FilePathKind,
        Description = $"File that holds the value of --{secretName}; a line end after it is dropped.",
        SecretOf = secretName,
    };

    /// <summary>The row of the option that prints the help.</summary>
    public OptionDefinition<TOptions> HelpRow() => Control(OptionTable.HelpName, "boolean", "Print all flags and stop.") with
    {
        Aliases = ["h"],
        IsBoolean = true,
    };

    /// <summary>The row of the option that prints the version.</summary>
    public OptionDefinition<TOptions> VersionRow() => Control(OptionTable.VersionName, "boolean", "Print the version and stop.") with { IsBoolean = true };

    /// <summary>The row of the option that names the configuration file.</summary>
    public OptionDefinition<TOptions> ConfigRow() =>
        Control(OptionTable.ConfigName, OptionTypes.FilePathKind, "YAML or JSON file of flag names and values. Not allowed in the file itself.");

    /// <summary>The row of the option that overrides flags.</summary>
    public OptionDefinition<TOptions> ExtraArgumentsRow() =>
        Control(OptionTable.ExtraArgumentsName, "text", "Settings that override all others: \"a=1,b='x,y'\".");

    private OptionDefinition<TOptions> Control(string name, string kind, string description) =>
        new() { Name = name, Group = Title, Kind = kind, Description = description };
}
