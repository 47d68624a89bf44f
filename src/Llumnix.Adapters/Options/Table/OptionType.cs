namespace Llumnix.Adapters.Options.Table;

/// <summary>Parsing, formatting and range of one kind of value.</summary>
/// <param name="Kind">Short name for help texts, such as <c>integer</c> or <c>a|b</c>.</param>
/// <param name="Expected">The requirement on a value, as it follows "must be" in messages.</param>
/// <param name="Read">Parses a text; false when it is invalid.</param>
/// <param name="Write">Formats a value as a text that parses back to it.</param>
public sealed record OptionType<T>(string Kind, string Expected, OptionType<T>.Reader Read, Func<T, string> Write)
{
    /// <summary>Parses a text.</summary>
    public delegate bool Reader(string text, out T value);

    /// <summary>Whether a parsed value is in range.</summary>
    public Func<T, bool> IsInRange { get; init; } = _ => true;

    /// <summary>Says of a text that cannot be used which part of it is wrong; null where that says nothing more.</summary>
    public Func<string, string?> Explain { get; init; } = _ => null;
}
