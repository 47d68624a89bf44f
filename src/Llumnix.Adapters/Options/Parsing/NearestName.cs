namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Finds the known name that a mistyped one probably means.</summary>
public static class NearestName
{
    // Longer texts are not typing errors; the bound keeps the search cheap.
    private const int MaxLength = 64;

    /// <summary>
    /// The name that the text is a prefix of, else the one with the smallest edit distance, where a name that has the text among its words is one edit away.
    /// Ties go to the name of the nearest length, then to the alphabetically first.
    /// </summary>
    public static string Find(string text, IEnumerable<string> names)
    {
        string cut = text.Length > MaxLength ? text[..MaxLength] : text;
        return names.Order(StringComparer.Ordinal).MinBy(name => (Distance(cut, name), Math.Abs(name.Length - cut.Length))) ?? "";
    }

    /// <summary>The nearest name if the text is probably a mistyped one of it; null when it is too far from all.</summary>
    public static string? FindClose(string text, IReadOnlyCollection<string> names)
    {
        string nearest = Find(text, names);
        return nearest.Length > 0 && text.Length <= MaxLength && Distance(text, nearest) <= MostTypos(Math.Min(text.Length, nearest.Length)) ? nearest : null;
    }

    private static int MostTypos(int length) => length <= 1 ? 0 : length <= 4 ? 1 : Math.Max(2, length / 3);

    private static int Distance(string text, string name) =>
        text.Length >= 5 && name.StartsWith(text, StringComparison.OrdinalIgnoreCase) ? 0
        : HasWord(name, text) ? Math.Min(1, Edits(text, name))
        : Edits(text, name);

    /// <summary>Whether a text of some length is one or more of the words that a name has between its hyphens.</summary>
    private static bool HasWord(string name, string text) => text.Length >= 4 && $"-{name}-".Contains($"-{text}-", StringComparison.OrdinalIgnoreCase);

    /// <summary>The number of letters to add, to leave out, to replace or to swap with their neighbours.</summary>
    private static int Edits(string text, string name)
    {
        int[] beforePrevious = new int[name.Length + 1];
        int[] previous = [.. Enumerable.Range(0, name.Length + 1)];
        int[] current = new int[name.Length + 1];
        for (int row = 1; row <= text.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= name.Length; column++)
            {
                int substitution = previous[column - 1] + (IsSame(row - 1, column - 1) ? 0 : 1);
                int swap = row > 1 && column > 1 && IsSame(row - 1, column - 2) && IsSame(row - 2, column - 1) ? beforePrevious[column - 2] + 1 : substitution;
                current[column] = Math.Min(Math.Min(substitution, swap), 1 + Math.Min(previous[column], current[column - 1]));
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[name.Length];

        bool IsSame(int row, int column) => char.ToLowerInvariant(text[row]) == name[column];
    }
}
