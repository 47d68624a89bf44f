namespace Llumnix.Adapters.Options.Table;

/// <summary>One row of an option table, without the place of its value.</summary>
public abstract record OptionDefinition
{
    /// <summary>The flag without its dashes.</summary>
    public required string Name { get; init; }

    /// <summary>Heading in help texts.</summary>
    public required string Group { get; init; }

    /// <summary>The kind of value, such as <c>integer</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Description in one line.</summary>
    public required string Description { get; init; }

    /// <summary>Further names of the same option, without dashes.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Further environment variables; the option's own wins.</summary>
    public IReadOnlyList<string> EnvironmentAliases { get; init; } = [];

    /// <summary>Whether the bare flag means true.</summary>
    public bool IsBoolean { get; init; }

    /// <summary>Whether the value is a secret, which is never printed.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether it is accepted without effect, so that existing deployments start.</summary>
    public bool IsIgnored { get; init; }

    /// <summary>For an option that is known only to be refused: what to do instead; else null. An empty value, or false, is accepted without effect.</summary>
    public string? Refusal { get; init; }

    /// <summary>For an option that names a file with a secret: the option of that secret; else null.</summary>
    public string? SecretOf { get; init; }

    /// <summary>The flag with its dashes.</summary>
    public string Flag => Name.Length == 1 ? "-" + Name : "--" + Name;

    /// <summary>Whether it has a value in the options; false for options that control the parsing itself or have no effect.</summary>
    public abstract bool HasValue { get; }
}
