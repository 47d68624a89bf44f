namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Finds the known name that a mistyped one probably means.</summary>
public static class NearestName
{
    // Longer texts are not typing errors; the bound keeps the search cheap.
    private const int MaxLength = 64;

    /// <summary>The name that the text is a prefix of, else the one with the smallest edit distance; ties go to the alphabetically first.</summary>
    public static string Find(string text, IEnumerable<string> names)
    {
        string cut = text.Length > MaxLength ? text[..MaxLength] : text;
        return names.Order(StringComparer.Ordinal).MinBy(name => Distance(cut, name)) ?? "";
    }

    /// <summary>The nearest name if the text is probably a mistyped one of it; null when it is too far from all.</summary>
    public static string? FindClose(string text, IReadOnlyCollection<string> names)
    {
        string nearest = Find(text, names);
        return nearest.Length > 0 && text.Length <= MaxLength && Distance(text, nearest) <= (nearest.Length <= 4 ? 1 : Math.Max(2, nearest.Length / 3)) ? nearest : null;
    }

    private static int Distance(string text, string name) =>
        text.Length >= 5 && name.StartsWith(text, StringComparison.OrdinalIgnoreCase) ? 0 : Levenshtein(text, name);

    private static int Levenshtein(string text, string name)
    {
        int[] previous = [.. Enumerable.Range(0, name.Length + 1)];
        int[] current = new int[name.Length + 1];
        for (int row = 1; row <= text.Length; row++)
        {
            current[0] = row;
            for (int column = 1; column <= name.Length; column++)
            {
                int substitution = previous[column - 1] + (char.ToLowerInvariant(text[row - 1]) == name[column - 1] ? 0 : 1);
                current[column] = Math.Min(substitution, 1 + Math.Min(previous[column], current[column - 1]));
            }

            (previous, current) = (current, previous);
        }

        return previous[name.Length];
    }
}
