using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>A metric as an expression uses it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">The labels that the expression selects by.</param>
internal sealed partial record MetricReference(string Name, IReadOnlyList<string> Labels)
{
    private static readonly string[] Words = ["or", "and", "unless", "by", "without", "on", "ignoring", "inf", "nan"];

    /// <summary>The metrics of a PromQL expression.</summary>
    public static IReadOnlyList<MetricReference> FindAll(string expression) =>
    [
        .. Name_().Matches(Grouping().Replace(Range().Replace(Text().Replace(expression, "''"), ""), ""))
            .Where(match => !match.Groups["call"].Success && !Words.Contains(match.Groups["name"].Value))
            .Select(match => new MetricReference(
                match.Groups["name"].Value,
                [.. Label().Matches(match.Groups["labels"].Value).Select(label => label.Groups[1].Value)])),
    ];

    /// <summary>The labels that an expression groups or joins by.</summary>
    public static IReadOnlyList<string> FindGroupings(string expression) =>
        [.. Grouping().Matches(expression).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"(?<![\w.$])(?<name>[a-zA-Z_:][\w:]*)(?:(?<call>\s*\()|\{(?<labels>[^}]*)\})?")]
    private static partial Regex Name_();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Label();
}
