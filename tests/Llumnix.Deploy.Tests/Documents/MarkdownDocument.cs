using System.Text;
using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>Links and anchors of a Markdown text, as GitHub makes them. What stands in blocks or spans of code is neither.</summary>
internal sealed partial class MarkdownDocument
{
    private MarkdownDocument(IReadOnlySet<string> anchors, IReadOnlyList<string> links) => (Anchors, Links) = (anchors, links);

    /// <summary>The anchors of its headings.</summary>
    internal IReadOnlySet<string> Anchors { get; }

    /// <summary>The targets of its links and pictures that are not addresses of the web.</summary>
    internal IReadOnlyList<string> Links { get; }

    internal static MarkdownDocument Parse(string text)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        var prose = new StringBuilder();
        string? fence = null;
        foreach (string line in text.Split('\n'))
        {
            Match mark = Fence().Match(line);
            if (mark.Success && (fence is null || mark.Groups[1].Value == fence))
            {
                fence = fence is null ? mark.Groups[1].Value : null;
            }
            else if (fence is null)
            {
                prose.Append(line).Append('\n');
                if (Heading().Match(line) is { Success: true } heading)
                {
                    AddAnchor(anchors, heading.Groups[1].Value);
                }
            }
        }

        return new MarkdownDocument(
            anchors,
            [
                .. Link().Matches(Code().Replace(prose.ToString(), "")).Select(static match => match.Groups[1].Value)
                    .Where(static target => !Web().IsMatch(target)),
            ]);
    }

    private static void AddAnchor(HashSet<string> anchors, string heading)
    {
        string anchor = NotInAnchors().Replace(LinkText().Replace(heading, "$1").Trim().ToLowerInvariant(), "").Replace(' ', '-');
        string unique = anchor;
        for (int i = 1; !anchors.Add(unique); i++)
        {
            unique = FormattableString.Invariant($"{anchor}-{i}");
        }
    }

    [GeneratedRegex("^ *(```|~~~)")]
    private static partial Regex Fence();

    [GeneratedRegex("^ {0,3}#{1,6} +(.*?)[ #]*$")]
    private static partial Regex Heading();

    [GeneratedRegex("`+[^`]*`+")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Web();

    [GeneratedRegex(@"!?\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
