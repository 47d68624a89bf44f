namespace Llumnix.Server.Options.Table;

/// <summary>How values of one kind are read, written and limited.</summary>
/// <param name="Kind">Short name for help texts, such as <c>integer</c> or <c>a|b</c>.</param>
/// <param name="Expected">What a value must be, as it reads after "must be".</param>
/// <param name="Read">The value of a text; false when it has none.</param>
/// <param name="Write">A text that reads back as the same value.</param>
internal sealed record OptionType<T>(string Kind, string Expected, OptionType<T>.Reader Read, Func<T, string> Write)
{
    /// <summary>Reads a text.</summary>
    public delegate bool Reader(string text, out T value);

    /// <summary>Whether a value that could be read is also allowed.</summary>
    public Func<T, bool> IsInRange { get; init; } = _ => true;
}
