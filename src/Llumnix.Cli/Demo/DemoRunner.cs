using Llumnix.Cli.Load;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;

namespace Llumnix.Cli.Demo;

/// <summary>Plays the same arrivals with the policy and with round-robin, each on a fleet of its own, and writes the report.</summary>
internal sealed class DemoRunner(DemoSettings settings, IAnsiConsole console, TimeProvider time)
{
    private const string Baseline = "round-robin";

    /// <summary>How long requests under way at the end of the arrivals may go on.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    /// <summary>Runs both; cancelled, it reports what there is so far.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var store = new EmbeddedStore();
        LoadResult policy = await PlayAsync(settings.Policy, store.Port, cancellation);
        LoadResult? baseline = settings.Policy == Baseline || cancellation.IsCancellationRequested
            ? null
            : await PlayAsync(Baseline, store.Port, cancellation);
        console.Profile.Out.Writer.WriteLine(
            DemoReport.Format(new DemoComparison(settings.Policy, settings.Engines, policy, baseline)));
    }

    private async Task<LoadResult> PlayAsync(string policy, int storePort, CancellationToken cancellation)
    {
        var statistics = new LoadStatistics(time);
        try
        {
            await using DemoFleet fleet = await DemoFleet.StartAsync(settings, policy, storePort, cancellation);
            using var load = new GatewayLoad(
                new GatewayLoadOptions(fleet.Scheduler) { Mode = settings.Mode, IsLiteMode = settings.IsLite, Drain = DrainTime },
                statistics, time, NullLogger<GatewayLoad>.Instance);
            using var stop = new CancellationTokenSource();
            var screen = new DemoScreen(console, time);
            Task showing = screen.ShowAsync(() => Capture(policy, statistics, fleet), stop.Token);
            await load.PlayAsync(settings.Arrivals, cancellation);
            await stop.CancelAsync();
            await showing;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Asked to end before the load began: there is nothing more to report.
        }

        return statistics.ToResult();
    }

    private DemoFrame Capture(string policy, LoadStatistics statistics, DemoFleet fleet) =>
        new(policy, settings.RunDuration, statistics.Snapshot(), fleet.Instances());
}
