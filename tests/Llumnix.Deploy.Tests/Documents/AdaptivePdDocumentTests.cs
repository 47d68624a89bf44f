using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Slo;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>docs/adaptive-pd.md has the order of choices and the constants of the code.</summary>
public sealed partial class AdaptivePdDocumentTests
{
    private const string Document = "docs/adaptive-pd.md";

    [Fact]
    public void Tables_OrderOfChoices_IsTheCodes()
    {
        AssertSame("Decode:", static choices => choices.Decode());
        AssertSame("Prefill:", static choices => choices.Prefill());
        AssertSame("A request that is not split", static choices => choices.Neutral());
    }

    [Fact]
    public void Table_Constants_AreTheCodes()
    {
        string[][] rows = RowsBelow("## Constants");
        Assert.Equal(
            typeof(AdaptivePdTuning).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property =>
                $"`{property.Name}` {((IConvertible)property.GetValue(AdaptivePdTuning.Default)!).ToString(CultureInfo.InvariantCulture)}"),
            rows.Select(row => $"{row[0]} {row[1]}"));
    }

    /// <summary>Every constant quotes a line of the study, its results or its history.</summary>
    [Fact]
    public void Table_Constants_QuoteTheStudy()
    {
        string study = OneLine(Checkout.Read("bench/studies/adaptive-pd/README.md") + Checkout.Read("bench/studies/adaptive-pd/HISTORY.md"));
        string code = OneLine(Checkout.Read("src/Llumnix.Scheduling/AdaptivePd/AdaptivePdTuning.cs").Replace("///", "", StringComparison.Ordinal));
        Assert.All(RowsBelow("## Constants"), row =>
        {
            Assert.Contains(row[4].Trim('"'), study, StringComparison.Ordinal);
            Assert.Contains(row[4], code, StringComparison.Ordinal);
        });
    }

    /// <summary>The table's names are those of all rows that the code composes for the role, in an order that every composition keeps.</summary>
    private static void AssertSame(string heading, Func<AdaptivePdChoices, Choice<FullModeInstance>[]> role)
    {
        string[] documented = [.. RowsBelow(heading).SelectMany(row => Name().Matches(row[0]).Select(match => match.Groups[1].Value))];
        HashSet<string> composed = [];
        foreach (AdaptivePdRules rules in Enum.GetValues<AdaptivePdRules>())
        {
            foreach (SloOverload overload in Enum.GetValues<SloOverload>())
            {
                foreach (double? confidence in new double?[] { null, 0.9 })
                {
                    string[] rows = [.. role(Choices(rules, overload, confidence)).Select(row => row.GetType().Name)];
                    Assert.Equal(documented.Where(rows.Contains), rows);
                    composed.UnionWith(rows);
                }
            }
        }

        Assert.Equal(composed.Order(), documented.Order());
    }

    private static AdaptivePdChoices Choices(AdaptivePdRules rules, SloOverload overload, double? confidence)
    {
        var predictor = new LatencyPredictor(new LatencyProfile(new LatencyCurve([1], [1]), new LatencyGrid([1], [1], [1])));
        return new AdaptivePdChoices(
            new SloOptions { Overload = overload, Confidence = confidence },
            AdaptivePdTargets.Of(new SloOptions(), new AdaptivePdOptions { Rules = rules }, predictor),
            AdaptivePdTuning.Default);
    }

    /// <summary>The cells of the first table below a line, without its head.</summary>
    private static string[][] RowsBelow(string line) =>
    [
        .. Checkout.Read(Document).Split('\n')
            .SkipWhile(text => !text.StartsWith(line, StringComparison.Ordinal))
            .SkipWhile(text => !text.StartsWith('|'))
            .TakeWhile(text => text.StartsWith('|'))
            .Skip(2)
            .Select(text => text.Trim().Trim('|').Split('|').Select(cell => cell.Trim()).ToArray()),
    ];

    private static string OneLine(string text) => Spaces().Replace(text, " ");

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
