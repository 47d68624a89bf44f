namespace Llumnix.Adapters.Options.Table;

/// <summary>The options of a program, and where their values are.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
/// <param name="rows">All rows, by group.</param>
public sealed class OptionTable<TOptions>(IReadOnlyList<OptionDefinition<TOptions>> rows) : OptionTable(rows)
{
    /// <summary>All rows, by group.</summary>
    public IReadOnlyList<OptionDefinition<TOptions>> Rows => rows;

    /// <summary>The options when nothing is set.</summary>
    public required TOptions Defaults { get; init; }

    /// <summary>The options as they take effect: what some options mean for the defaults of others. May warn. Nothing unless given.</summary>
    public Func<AssignedOptions<TOptions>, AssignedOptions<TOptions>> Complete { get; init; } = static assigned => assigned;

    /// <summary>What is wrong with options beside single values that are out of range. Nothing unless given.</summary>
    public Func<AssignedOptions<TOptions>, IEnumerable<OptionProblem>> FindErrors { get; init; } = static _ => [];

    /// <summary>What is doubtful about options. Nothing unless given.</summary>
    public Func<AssignedOptions<TOptions>, IEnumerable<OptionProblem>> FindWarnings { get; init; } = static _ => [];

    /// <inheritdoc/>
    public override string DefaultOf(OptionDefinition row) => (row as OptionDefinition<TOptions>)?.Binding?.Write(Defaults) ?? "";
}
