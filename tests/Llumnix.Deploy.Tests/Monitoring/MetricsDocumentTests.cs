using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>The reference of metrics is what the processes export, and each help text tells meaning and unit.</summary>
public sealed partial class MetricsDocumentTests(MetricsPages pages) : IClassFixture<MetricsPages>
{
    /// <summary>The help of every .NET process is not ours.</summary>
    private IEnumerable<ExportedMetric> Own => pages.Exported.Where(
        static metric => !metric.Name.StartsWith("dotnet_", StringComparison.Ordinal) && !metric.Name.StartsWith("process_", StringComparison.Ordinal));

    [Fact]
    public async Task Render_Reference_IsTheCommittedFile()
    {
        string rendered = MetricsDocument.Render(pages.Exported);
        if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_REFERENCE") == "1")
        {
            await File.WriteAllTextAsync(Checkout.PathOf(MetricsDocument.Path), rendered, TestContext.Current.CancellationToken);
        }

        Assert.Equal(Checkout.Read(MetricsDocument.Path), rendered);
    }

    /// <summary>A metric that none of the scraped processes shows would be missing in the reference.</summary>
    [Fact]
    public void Reference_HasEveryMetricThatTheProgramsMake()
    {
        string[] made =
        [
            .. new[] { "Llumnix.Server", "Llumnix.Gateway", "Llumnix.Cli" }
                .SelectMany(static project => Directory.EnumerateFiles(Checkout.PathOf($"src/{project}"), "*.cs", SearchOption.AllDirectories))
                .SelectMany(static file => Made().Matches(File.ReadAllText(file)))
                .Select(static match => match.Groups[1].Value),
        ];
        Assert.True(made.Length > 50, "the pattern no longer finds where metrics are made");
        Assert.Empty(made.Except(pages.Exported.Select(static metric => metric.Name)));
    }

    [Fact]
    public void Help_IsASentenceThatTellsTheUnit() => Assert.All(Own, metric =>
    {
        Assert.Matches(@"^\S.+ .+[.]$", metric.Help);
        string? unit = metric.Name.EndsWith("_milliseconds", StringComparison.Ordinal) || metric.Name.Contains("_predicted_", StringComparison.Ordinal) ? "in milliseconds"
            : metric.Name.EndsWith("_percent", StringComparison.Ordinal) ? "in percent"
            : metric.Name.EndsWith("_seconds", StringComparison.Ordinal) ? "in seconds"
            : metric.Name.Contains("_ratio_", StringComparison.Ordinal) ? "ratio"
            : null;
        Assert.True(unit is null || metric.Help.Contains(unit, StringComparison.Ordinal), $"{metric.Name}: {metric.Help}");
    });

    /// <summary>But for those of migrations, which are the words of the calls to llumlets, and those of .NET.</summary>
    [Fact]
    public void Values_OfLabelsThatAreNotNamesOfOthers_AreInSnakeCase() => Assert.All(
        LabelValues.Rows(pages.Exported).Where(static row => !row.Label.StartsWith("rescheduling_req_", StringComparison.Ordinal)),
        static row => Assert.DoesNotMatch(@"`\w*[A-Z]\w*`", row.Values));

    /// <summary>A metric without samples shows no labels, and the reference would leave them out.</summary>
    [Fact]
    public void Labels_OfMetricsWithoutSamples_AreDeclared() => Assert.Empty(pages.WithoutSamplesOrDeclaredLabels);

    [Fact]
    public void Names_OfEachProcess_AreThereInBaseUnitsToo() => Assert.All(
        Own.Where(static metric => !metric.Name.StartsWith("llumnix_", StringComparison.Ordinal)),
        metric => Assert.NotNull(pages.LabelsOf(Llumnix.Server.Telemetry.BaseUnitNames.Find(metric.Name)!)));

    [GeneratedRegex(@"\.Create(?:Counter|Gauge|Histogram|Summary)\(\s*""(\w+)""")]
    private static partial Regex Made();
}
