using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>The message about an unknown option name.</summary>
internal static class UnknownOption
{
    private const int MaxLength = 64;
    private const string Nearest = "unknown; the nearest known is ";

    /// <summary>
    /// The name if it may be repeated in a message; null when it does not look like a name, since it may then be (part of) a misplaced secret.
    /// </summary>
    public static string? Show(string written)
    {
        bool looksLikeAName = written.Length <= MaxLength && written.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        return looksLikeAName ? written : null;
    }

    /// <summary>The flag that an unknown one was probably meant to be, from what was told of it; null: that is open, or the problem is another.</summary>
    public static string? FindMeant(OptionProblem problem) =>
        problem.Message.StartsWith(Nearest, StringComparison.Ordinal) ? problem.Message[Nearest.Length..] : null;

    public static string Describe(OptionTable table, string name)
    {
        string? nearest = NearestName.FindClose(name.Replace('_', '-'), table.Names);
        return nearest is null ? "unknown; --help tells the known ones" : $"{Nearest}{(nearest.Length == 1 ? "-" : "--")}{nearest}";
    }
}
