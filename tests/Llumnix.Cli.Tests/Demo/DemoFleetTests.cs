using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;
using Llumnix.Cli.Tests.Load;
using Llumnix.Scheduling.Requests;
using Spectre.Console;

namespace Llumnix.Cli.Tests.Demo;

/// <summary>The demo's fleet serves clients of its gateway in every mode.</summary>
public sealed class DemoFleetTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SchedulingMode.Neutral, false, false)]
    [InlineData(SchedulingMode.Neutral, false, true)]
    [InlineData(SchedulingMode.PdBatch, false, false)]
    [InlineData(SchedulingMode.PdBatch, true, false)]
    [InlineData(SchedulingMode.PdStaged, false, false)]
    [InlineData(SchedulingMode.PdStaged, false, true)]
    public async Task Load_EveryRequest_IsServedByTheEnginesOfItsMode(SchedulingMode mode, bool isKvt, bool isLite)
    {
        const int Requests = 12;
        using var store = new EmbeddedStore();
        var settings = new DemoSettings("load-balance", Engines: 2, mode, TimeSpan.FromSeconds(1), LoadRun.AtOnce(Requests), Seed: 1) { IsKvt = isKvt, IsLite = isLite };
        await using DemoFleet fleet = await DemoFleet.StartAsync(settings, "load-balance", isCacheAware: false, isRescheduling: false, store.Port, Cancellation);
        LoadResult result = await LoadRun.PlayAsync(fleet.Address, settings.Arrivals);
        Assert.Equal((Requests, Requests * 5), (result.Completed, result.OutputTokens));
        if (mode == SchedulingMode.Neutral)
        {
            Assert.Equal(Requests, fleet.RequestsPerEngine.Sum());
        }
        else
        {
            Assert.Equal([Requests, Requests], fleet.RequestsPerEngine);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Instances_FirstEngineCrashes_ItStaysInItsPlace(bool isLite)
    {
        using var store = new EmbeddedStore();
        var settings = new DemoSettings("load-balance", Engines: 3, SchedulingMode.Neutral, TimeSpan.FromSeconds(1), [], Seed: 1) { IsLite = isLite };
        await using DemoFleet fleet = await DemoFleet.StartAsync(settings, "load-balance", isCacheAware: false, isRescheduling: false, store.Port, Cancellation);
        string[] before = [.. fleet.Instances().Select(static instance => instance.Id)];
        await fleet.CrashFirstAsync();
        IReadOnlyList<DemoInstance> after = fleet.Instances();
        Assert.Equal(before, after.Select(static instance => instance.Id));
        Assert.Equal("crashed", Assert.Single(after, static instance => instance.IsGone).Health);
    }

    /// <summary>A crashed engine leaves its entries in the store.</summary>
    [Fact]
    public async Task Run_FirstEngineCrashes_TheBaselinesFleetIsWholeAgain()
    {
        var settings = new DemoSettings("load-balance", Engines: 2, SchedulingMode.Neutral, TimeSpan.FromSeconds(1), LoadRun.AtOnce(12), Seed: 1)
        {
            KillEngineAfter = TimeSpan.Zero,
            IsObserved = true,
        };
        using var output = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        DemoComparison comparison = await new DemoRunner(settings, console, TimeProvider.System).RunAsync(Cancellation);
        Assert.Equal(
            ["load-balance: engine-1 has crashed", "round-robin: engine-1 has crashed"],
            output.ToString().Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.EndsWith(" has crashed", StringComparison.Ordinal)));
        Assert.Equal(2, comparison.Baseline!.Charts!.Timelines!.EngineCount);
        Assert.Equal([0, 0], new[] { comparison.Policy.Crashed, comparison.Baseline.Crashed });
        Assert.Contains(" without the crashed one, ", output.ToString(), StringComparison.Ordinal);
    }
}
