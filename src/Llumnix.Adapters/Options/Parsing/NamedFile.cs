namespace Llumnix.Adapters.Options.Parsing;

/// <summary>A file that an option names, as messages name it.</summary>
public static class NamedFile
{
    private const int LongestExtension = 6;

    /// <summary>The file with its path in quotes. What does not look like a path is not repeated, since a secret may have been given in its place.</summary>
    /// <param name="path">The option's value.</param>
    public static string Of(string path) => IsPath(path) ? $"the file {RefusedValue.Quote(path)}" : "the file that it names";

    /// <summary>Whether a text looks like a path, and is repeated.</summary>
    internal static bool IsPath(string text) =>
        text.StartsWith('/') || text.StartsWith('.') || Path.IsPathFullyQualified(text) || Path.GetExtension(text).Length is > 1 and <= LongestExtension;
}
