namespace Llumnix.Cli.Top;

/// <summary>
/// Ids for a column that is too narrow for them. They are cut where they are alike: in the middle, since most differ at their ends, or up to where they begin to differ.
/// </summary>
/// <param name="ids">All ids that are told apart.</param>
/// <param name="width">Columns of the terminal, above 3.</param>
internal sealed class ShortIds(IReadOnlyCollection<string> ids, int width)
{
    private const string Cut = "…";
    private readonly Func<string, string> _shorten = Choose(ids, width);

    /// <summary>An id as it is shown: no longer than the column where it has only characters of one column.</summary>
    public string Of(string id) => id.Length <= width ? id : _shorten(id);

    private static Func<string, string> Choose(IReadOnlyCollection<string> ids, int width)
    {
        string[] tooLong = [.. ids.Where(id => id.Length > width)];
        int alike = LengthOfCommonStart(tooLong);
        Func<string, string>[] ways = [id => CutMiddle(id, width), id => CutStart(id, alike, width)];
        return ways.MaxBy(way => tooLong.Select(way).Distinct(StringComparer.Ordinal).Count())!;
    }

    private static string CutMiddle(string id, int width)
    {
        int head = (width - 1) / 3;
        return string.Concat(id.AsSpan(0, head), Cut, id.AsSpan(id.Length - (width - 1 - head)));
    }

    private static string CutStart(string id, int alike, int width)
    {
        string rest = Cut + id[Math.Min(alike, id.Length - 1)..];
        return rest.Length <= width ? rest : rest[..(width - 1)] + Cut;
    }

    private static int LengthOfCommonStart(string[] ids) =>
        ids.Length < 2 ? 0 : ids.Skip(1).Aggregate(ids[0].Length, (length, id) => Math.Min(length, ids[0].AsSpan().CommonPrefixLength(id)));
}
