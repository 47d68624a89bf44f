using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>The result of reading the configuration. The options may be used only when there are no errors.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
public sealed record OptionsParseResult<TOptions>
{
    /// <summary>The table of the options.</summary>
    public required OptionTable<TOptions> Table { get; init; }

    /// <summary>The effective options; where there are errors, defaults stand in for what could not be read.</summary>
    public required TOptions Options { get; init; }

    /// <summary>Everything that forbids a start, all at once.</summary>
    public required IReadOnlyList<OptionProblem> Errors { get; init; }

    /// <summary>Everything that is doubtful, or was switched off.</summary>
    public required IReadOnlyList<OptionProblem> Warnings { get; init; }

    /// <summary>The options, by flag name, of which a text could not be read. There are errors about them, and no warnings.</summary>
    public IReadOnlySet<string> Refused { get; init; } = new HashSet<string>();

    /// <summary>Whether help was asked for; then errors do not matter.</summary>
    public required bool IsHelpRequested { get; init; }

    /// <summary>Whether the version was asked for; then errors do not matter.</summary>
    public required bool IsVersionRequested { get; init; }

    /// <summary>The flags, or other places, whose settings are accepted without effect.</summary>
    public required IReadOnlyList<string> IgnoredFlags { get; init; }

    /// <summary>The place that set each option, by flag name; options that are not set are missing.</summary>
    public required IReadOnlyDictionary<string, OptionSource> Sources { get; init; }

    /// <summary>0 to start or to print help or version, 2 when there are errors.</summary>
    public int ExitCode => IsHelpRequested || IsVersionRequested || Errors.Count == 0 ? ExitCodes.Success : ExitCodes.Usage;

    /// <summary>The options that differ from their defaults, secrets hidden.</summary>
    public IEnumerable<EffectiveOption> NonDefaultOptions =>
        from row in Table.Rows
        where row.Binding is not null && row.Binding.Write(Options) != Table.DefaultOf(row)
        select new EffectiveOption(row.Name, row.Display(Options), SourceOf(row.Name));

    /// <summary>The place that set an option.</summary>
    /// <param name="name">The flag without dashes.</param>
    public OptionSource SourceOf(string name) => Sources.GetValueOrDefault(name) ?? OptionSource.Default(Table, name);
}
