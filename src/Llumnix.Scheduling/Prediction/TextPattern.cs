using System.IO.Enumeration;

namespace Llumnix.Scheduling.Prediction;

/// <summary>Patterns of texts, in which <c>*</c> stands for any characters and <c>?</c> for one. Upper and lower case differ.</summary>
internal static class TextPattern
{
    private static readonly char[] Wildcards = ['*', '?'];

    /// <summary>Whether a text fits a pattern.</summary>
    public static bool Matches(string pattern, string text) => FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);

    /// <summary>
    /// Whether every text that fits the one fits the other; false also where that cannot be seen easily. A wildcard of the covered pattern reads as a character
    /// here, which only one of the other that stands for any characters may take.
    /// </summary>
    /// <param name="pattern">The other.</param>
    /// <param name="covered">The one.</param>
    public static bool Covers(string pattern, string covered) =>
        Matches(pattern, covered) && !(pattern.Contains('?') && covered.Contains('*'));

    /// <summary>Whether a text may fit both; true also where that cannot be excluded easily.</summary>
    public static bool MayShare(string a, string b) =>
        a.IndexOfAny(Wildcards) < 0 ? Matches(b, a)
        : b.IndexOfAny(Wildcards) < 0 ? Matches(a, b)
        : IsOneOfThem(BeginOf(a), BeginOf(b), static (text, part) => text.StartsWith(part, StringComparison.Ordinal))
            && IsOneOfThem(EndOf(a), EndOf(b), static (text, part) => text.EndsWith(part, StringComparison.Ordinal));

    private static bool IsOneOfThem(string a, string b, Func<string, string, bool> contains) => contains(a, b) || contains(b, a);

    private static string BeginOf(string pattern) => pattern[..pattern.IndexOfAny(Wildcards)];

    private static string EndOf(string pattern) => pattern[(pattern.LastIndexOfAny(Wildcards) + 1)..];
}
