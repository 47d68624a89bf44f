using Llumnix.Cli.Simulate;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Tests.Reports;

/// <summary>A scenario that is played once for all tests, and its report as a file.</summary>
public sealed class PlayedReport : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    internal static Scenario Scenario { get; } = new()
    {
        Workload = new() { DurationSeconds = 30, Rates = [20, 60] },
        Fleet = [new() { Count = 4, KvCapacity = 40_000 }],
        TtftSloMs = 300,
        TpotSloMs = 12,
        Seeds = 3,
        Contestants =
        [
            new("load-balance"),
            new("rescheduling <&>") { Flags = ["--colocated-rescheduling-mode", "--rescheduling-policies=neutral_load", "--rescheduling-neutral-load-threshold=0.3"] },
            new("random") { Baseline = BaselineKind.Random },
        ],
    };

    /// <summary>The file.</summary>
    public string Path => System.IO.Path.Combine(_directory.FullName, "report.html");

    internal IReadOnlyList<ScenarioRun> First { get; private set; } = [];

    internal IReadOnlyList<RunSummary> Summaries { get; private set; } = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        (First, Summaries) = await SeedRunner.RunAsync(Scenario, 2, static (_, _) => { }, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path, HtmlReport.Write(Scenario, First, Summaries));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _directory.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    internal ContestantRuns Row(string contestant, double rate) => ContestantRuns.Of(Summaries).Single(row => row.Contestant == contestant && row.Rate == rate);
}
