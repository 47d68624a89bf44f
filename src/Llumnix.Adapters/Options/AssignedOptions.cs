using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>Options, the place that set each of them, and warnings about them.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
/// <param name="Table">The table of the options.</param>
/// <param name="Options">The options.</param>
/// <param name="Sources">The place that set each option, by flag name; options that are not set are missing.</param>
/// <param name="Warnings">What is doubtful, as far as it is known.</param>
public sealed record AssignedOptions<TOptions>(
    OptionTable<TOptions> Table, TOptions Options, IReadOnlyDictionary<string, OptionSource> Sources, IReadOnlyList<OptionProblem> Warnings)
{
    /// <summary>The same with options that were derived from these. An option counts as derived when its values before and after differ.</summary>
    /// <param name="compared">The options before.</param>
    /// <param name="derived">The options after.</param>
    public AssignedOptions<TOptions> WithDerived(TOptions compared, TOptions derived)
    {
        var sources = new Dictionary<string, OptionSource>(Sources);
        foreach (OptionDefinition<TOptions> row in Table.Rows)
        {
            if (row.Binding is { } binding && binding.Write(derived) != binding.Write(compared))
            {
                sources[row.Name] = new OptionSource(OptionSourceKind.Derived, row.Flag);
            }
        }

        return this with { Options = derived, Sources = sources };
    }

    /// <summary>The options whose values are out of range.</summary>
    public IEnumerable<OptionProblem> FindOutOfRange() =>
        from row in Table.Rows
        where row.Binding?.IsInRange(Options) == false
        select Problem(row.Name, $"must be {row.Binding!.Expected}");

    /// <summary>A problem at the place that set the option.</summary>
    /// <param name="name">The flag without dashes.</param>
    /// <param name="message">What is wrong.</param>
    public OptionProblem Problem(string name, string message) =>
        new(SourceOf(name), message);

    /// <summary>The place that set an option.</summary>
    /// <param name="name">The flag without dashes.</param>
    public OptionSource SourceOf(string name) => Sources.GetValueOrDefault(name) ?? OptionSource.Default(Table, name);
}
