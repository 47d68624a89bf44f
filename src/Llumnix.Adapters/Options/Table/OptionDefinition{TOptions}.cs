using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Adapters.Options.Table;

/// <summary>One row of an option table.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
public sealed record OptionDefinition<TOptions> : OptionDefinition
{
    /// <summary>How the option is set; null for options that control the parsing itself or have no effect.</summary>
    public IOptionBinding<TOptions>? Binding { get; init; }

    /// <inheritdoc/>
    public override bool HasValue => Binding is not null;

    /// <summary>The value for display. Addresses that have not been used yet may hold a password.</summary>
    public string Display(TOptions options)
    {
        string text = Binding?.Write(options) ?? "";
        return IsSecret && text.Length > 0 ? "***"
            : Kind.StartsWith("list", StringComparison.Ordinal) || Kind == "URL" ? RefusedValue.WithoutSecrets(text)
            : text;
    }
}
