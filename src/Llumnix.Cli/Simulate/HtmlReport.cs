namespace Llumnix.Cli.Simulate;

/// <summary>A page with plots that needs nothing but itself.</summary>
internal static class HtmlReport
{
    internal static string Write(Scenario scenario, IReadOnlyList<ScenarioRun> runs, IReadOnlyList<RunSummary> summaries) => "";
}
