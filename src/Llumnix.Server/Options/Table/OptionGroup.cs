using Llumnix.Adapters.Secrets;

namespace Llumnix.Server.Options.Table;

/// <summary>A group of options in one record of <see cref="SchedulerOptions"/>; makes the rows of its table.</summary>
/// <param name="Title">Heading in help texts.</param>
/// <param name="Get">Gets the record.</param>
/// <param name="Set">Returns the options with the record replaced.</param>
internal sealed record OptionGroup<TGroup>(
    string Title, Func<SchedulerOptions, TGroup> Get, Func<SchedulerOptions, TGroup, SchedulerOptions> Set)
{
    /// <summary>Makes a row; its default is the value in a new record.</summary>
    public OptionDefinition Row<T>(
        string name, OptionType<T> type, string description, Func<TGroup, T> get, Func<TGroup, T, TGroup> set) => new()
    {
        Name = name,
        Group = Title,
        Kind = type.Kind,
        Description = description,
        IsBoolean = typeof(T) == typeof(bool),
        IsSecret = typeof(T) == typeof(Secret),
        Binding = new OptionBinding<T>(type, options => get(Get(options)), (options, value) => Set(options, set(Get(options), value))),
    };

    /// <summary>Makes the row of a file that holds the secret of another row, so that the secret does not show in process listings.</summary>
    public OptionDefinition SecretFileRow(string secretName) => new()
    {
        Name = secretName + "-file",
        Group = Title,
        Kind = "path",
        Description = $"File that holds the value of --{secretName}; a line end after it is dropped.",
        SecretOf = secretName,
    };
}
