namespace Llumnix.Adapters.Options;

/// <summary>An option that differs from its default, in a form for logs.</summary>
/// <param name="Name">The flag without dashes.</param>
/// <param name="Value">The value as a flag would give it; <c>***</c> for a secret.</param>
/// <param name="Source">The place that set it.</param>
public sealed record EffectiveOption(string Name, string Value, OptionSource Source)
{
    /// <summary><c>name=value (source)</c>.</summary>
    public override string ToString() => $"{Name}={Value} ({Source})";
}
