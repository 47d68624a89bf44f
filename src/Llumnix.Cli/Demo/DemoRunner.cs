using System.Globalization;
using Llumnix.Cli.Load;
using Spectre.Console;

namespace Llumnix.Cli.Demo;

/// <summary>Plays the same arrivals with the policy and with a baseline, each on a fleet of its own, and writes the report.</summary>
internal sealed class DemoRunner(DemoSettings settings, IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUpDrain = TimeSpan.FromSeconds(1);

    /// <summary>How long requests in progress at the end of the arrivals may go on.</summary>
    internal static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private int _migrated;

    /// <summary>Runs both; when cancelled, reports the results so far.</summary>
    internal async Task<DemoComparison> RunAsync(CancellationToken cancellation)
    {
        (string name, string other, string otherPolicy) = DemoContestants.Of(settings);
        console.Profile.Out.Writer.WriteLine(Describe());
        await WarmUpAsync(cancellation);
        DemoRun policy = await PlayAsync(name, settings.Policy, settings.IsCacheAware, settings.IsRescheduling, DrainTime, cancellation);
        DemoRun? baseline = name == other || cancellation.IsCancellationRequested
            ? null
            : await PlayAsync(other, otherPolicy, isCacheAware: false, isRescheduling: false, DrainTime, cancellation);
        var comparison = new DemoComparison(name, policy, baseline)
        {
            BaselineName = other,
            Targets = settings.Targets,
            RunDuration = settings.RunDuration,
            IsTrace = settings.IsTrace,
            HasSlowEngine = settings.SlowEngine is not null,
        };
        console.Profile.Out.Writer.WriteLine(DemoReport.Format(comparison));
        if (settings.IsRescheduling)
        {
            console.Profile.Out.Writer.WriteLine($"{_migrated} requests were migrated between engines.");
        }

        return comparison;
    }

    private string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{settings.Arrivals.Count} requests, first with the policy and then with the baseline, on {settings.Engines} emulated engines.{string.Concat(DemoFaults.Of(settings).Select(static sentence => $" {sentence}"))}");

    /// <summary>Runs a short load first, so that neither run pays for just-in-time compilation.</summary>
    private async Task WarmUpAsync(CancellationToken cancellation)
    {
        var warmUp = new DemoRunner(
            settings with { KillEngineAfter = null, ConsolePort = null, Arrivals = [.. settings.Arrivals.TakeWhile(static arrival => arrival.Offset < WarmUp)], RunDuration = WarmUp }, console, time);
        await warmUp.PlayAsync("warm-up", settings.Policy, settings.IsCacheAware, isRescheduling: false, WarmUpDrain, cancellation);
    }

    private async Task<DemoRun> PlayAsync(
        string title, string policy, bool isCacheAware, bool isRescheduling, TimeSpan drain, CancellationToken cancellation)
    {
        var statistics = new LoadStatistics(time) { Targets = settings.Targets, Duration = settings.RunDuration };
        IReadOnlyList<int> requestsPerEngine = [];
        double? hits = null;
        int? crashed = null;
        var observer = new DemoObserver(DemoObserver.IntervalFor(settings.RunDuration + drain), time);
        try
        {
            // A store for each run: an engine that crashes leaves its entries behind, and the next run's fleet would have it among its own.
            using var store = new EmbeddedStore();
            await using DemoFleet fleet = await DemoFleet.StartAsync(settings, policy, isCacheAware, isRescheduling, store.Port, cancellation);
            if (fleet.ConsoleAddress is { } address)
            {
                console.Profile.Out.Writer.WriteLine($"{title}: the console is at {address}console");
            }

            using var load = new GatewayLoad(new GatewayLoadOptions(fleet.Address) { Drain = drain }, statistics, time);
            using var stop = new CancellationTokenSource();
            var screen = new DemoScreen(console, time);
            Task showing = screen.ShowAsync(() => Capture(title, statistics, fleet), stop.Token);
            Task observing = settings.IsObserved ? observer.ObserveAsync(fleet.Instances, stop.Token) : Task.CompletedTask;
            Task killing = KillAsync(title, fleet, stop.Token);
            await load.PlayAsync(settings.Arrivals, cancellation);
            await stop.CancelAsync();
            await showing;
            await observing;
            await killing;
            _migrated = Math.Max(_migrated, fleet.MigratedRequests);
            requestsPerEngine = fleet.RequestsPerEngine;
            crashed = fleet.Crashed;
            hits = settings.IsCacheAware ? fleet.CachedPromptTokens / (double)settings.Arrivals.Sum(static arrival => (long)arrival.PromptTokens) : null;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Cancelled before the load began: there is nothing to report.
        }

        return new DemoRun(statistics.ToResult(), requestsPerEngine) { Hits = hits, Crashed = crashed, Charts = settings.IsObserved ? observer.ToCharts(statistics) : null };
    }

    private async Task KillAsync(string title, DemoFleet fleet, CancellationToken stop)
    {
        if (settings.KillEngineAfter is { } after)
        {
            await Task.Delay(after, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!stop.IsCancellationRequested)
            {
                await fleet.CrashFirstAsync();
                console.WriteLine($"{title}: {settings.NameOf(0)} has crashed");
            }
        }
    }

    private DemoFrame Capture(string policy, LoadStatistics statistics, DemoFleet fleet) =>
        new(policy, settings.RunDuration, statistics.Snapshot(), fleet.Instances());
}
