namespace Llumnix.Adapters.Secrets;

/// <summary>A password or token that is never printed: its text, and that of a record that holds it, is <c>***</c>.</summary>
public readonly record struct Secret
{
    private const string Shown = "***";
    private readonly string? _value;

    /// <summary>Wraps a secret; empty or null is no secret.</summary>
    public Secret(string? value) => _value = string.IsNullOrEmpty(value) ? null : value;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _value is null;

    /// <summary>The secret itself, for the code that sends or compares it; empty when there is none.</summary>
    public string Reveal() => _value ?? "";

    /// <summary>A text with <c>***</c> in place of the secret.</summary>
    public string Redact(string text) => _value is null ? text : text.Replace(_value, Shown, StringComparison.Ordinal);

    /// <summary><c>***</c>, or nothing when there is no secret.</summary>
    public override string ToString() => IsEmpty ? "" : Shown;
}
