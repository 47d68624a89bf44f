namespace Llumnix.Adapters.Options.Table;

/// <summary>Connects an option with its place in the options: reading, writing and checking its value.</summary>
/// <typeparam name="TOptions">What the options are held in.</typeparam>
public interface IOptionBinding<TOptions>
{
    /// <summary>The requirement on a value, as it follows "must be" in messages.</summary>
    string Expected { get; }

    /// <summary>Which part of a text that cannot be used is wrong; null where that says no more than <see cref="Expected"/>.</summary>
    string? Explain(string text);

    /// <summary>The option's value as a text that parses back to the same value. Secrets are not hidden: not for display.</summary>
    string Write(TOptions options);

    /// <summary>Sets the option from a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The options before.</param>
    /// <param name="applied">The options after; unchanged when the text cannot be used.</param>
    /// <returns>False when the text cannot be parsed or the value is out of range.</returns>
    bool TryApply(string text, TOptions options, out TOptions applied);

    /// <summary>Whether the option's value is in its range.</summary>
    bool IsInRange(TOptions options);
}
