namespace Llumnix.Server.Options.Table;

/// <summary>One row of the option table.</summary>
internal sealed record OptionDefinition
{
    /// <summary>Prefix of the options' environment variables.</summary>
    public const string EnvironmentPrefix = "LLUMNIX_SCHEDULER_";

    private static readonly SchedulerOptions Defaults = new();

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

    /// <summary>For an option that names a file with a secret: the option of that secret; else null.</summary>
    public string? SecretOf { get; init; }

    /// <summary>How the option is set; null for options that control the parsing itself or have no effect.</summary>
    public IOptionBinding? Binding { get; init; }

    /// <summary>The flag with its dashes.</summary>
    public string Flag => Name.Length == 1 ? "-" + Name : "--" + Name;

    /// <summary>The option's environment variable.</summary>
    public string EnvironmentVariable => ToEnvironmentVariable(Name);

    /// <summary>The default as text; empty when there is none.</summary>
    public string Default => Binding?.Write(Defaults) ?? "";

    /// <summary>The value for display.</summary>
    public string Display(SchedulerOptions options)
    {
        string text = Binding?.Write(options) ?? "";
        return IsSecret && text.Length > 0 ? "***" : text;
    }

    /// <summary>The environment variable of a flag's name.</summary>
    public static string ToEnvironmentVariable(string name) => EnvironmentPrefix + name.ToUpperInvariant().Replace('-', '_');
}
