using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>What the placer learns of prompts, and when. One id stands for 512 tokens; chunks have 256, questions 64 chunks: 16,384 tokens.</summary>
public sealed class PrefixLookupTests
{
    private static readonly EngineConfiguration Engine = new() { TokensPerContentId = 512 };
    private static readonly PrefixLookupOptions OftenDown = new() { RetryTimes = 2, DownDuration = TimeSpan.FromSeconds(30) };

    [Theory]
    [InlineData(2100, 2048, 1)]
    [InlineData(16_384, 16_384, 1)]
    [InlineData(16_500, 16_384, 1)]
    [InlineData(16_640, 16_384, 2)] // The last chunk is in a block that the prompt does not fill.
    [InlineData(40_000, 39_936, 2)] // Three questions in two rounds.
    [InlineData(200_000, 199_680, 4)] // 13 questions: 1, 2, 4 and 6.
    [InlineData(1023, null, 0)] // Below the least length.
    [InlineData(1024, 1024, 1)]
    public void Run_SamePromptAgain_ItsHitsAfterThatManyRounds(int tokens, int? hit, int rounds)
    {
        PlacementLog log = Run([At(0, tokens, 1), At(10, tokens, 1)], Delayed(10));
        Assert.Equal([10 * Math.Min(1, rounds), 10_000 + (10 * rounds)], log.Entries.Select(static entry => (int)entry.Ms));
        Assert.Equal(hit, log.Entries[1].Hits?.Longest);
    }

    [Fact]
    public void Run_OtherContent_OneQuestionAndNoHits()
    {
        PlacementLog log = Run([At(0, 40_000, 1), At(10, 40_000, 2)], Delayed(10));
        Assert.Equal((10_010, 0), (log.Entries[1].Ms, log.Entries[1].Hits!.Longest));
    }

    [Fact]
    public void Run_NoDelay_PlacesAtOnce()
    {
        PlacementLog log = Run([At(0, 40_000, 1), At(10, 40_000, 1)], Delayed(0));
        Assert.Equal((10_000, 39_936), (log.Entries[1].Ms, log.Entries[1].Hits!.Longest));
    }

    /// <summary>Three rounds of 90 ms are more than the budget of 200 ms: the hits of two are known, three questions' worth. The service is not down.</summary>
    [Fact]
    public void Run_BudgetUsedUp_PlacesWithTheHitsThatAreKnown()
    {
        PlacementLog log = Run([At(0, 90_000, 1), At(20, 90_000, 1), At(40, 90_000, 1), At(60, 90_000, 1), At(80, 2100, 1)], Delayed(90), OftenDown);
        Assert.Equal([90, 20_200, 40_200, 60_200, 80_090], log.Entries.Select(static entry => entry.Ms));
        Assert.Equal([0, 3 * 16_384, 3 * 16_384, 3 * 16_384, 2048], log.Entries.Select(static entry => entry.Hits?.Longest));
    }

    /// <summary>After two late lookups the service is left alone for 30 s; after that one more is enough.</summary>
    [Fact]
    public void Run_ServiceNeverInTime_IsLeftAloneForAWhile()
    {
        PlacementLog log = Run([.. new[] { 0, 10, 20, 39, 51, 60, 90 }.Select(static second => At(second, 2100, 1))], Delayed(250), OftenDown);
        Assert.Equal([200, 10_200, 20_000, 39_000, 51_200, 60_000, 90_200], log.Entries.Select(static entry => entry.Ms));
        Assert.All(log.Entries, static entry => Assert.Null(entry.Hits));
    }

    [Fact]
    public void Run_EngineCrashes_ItsCacheIsLost()
    {
        PlacementLog log = Run(
            [At(0, 2100, 1), At(10, 2100, 1), At(25, 2100, 2), At(35, 2100, 1)],
            Delayed(1),
            faults: new EngineFault(EngineFaultKind.Crash, 0, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(10)));
        Assert.Equal([0, 2048, 0, 0], log.Entries.Select(static entry => entry.Hits!.Longest));
    }

    [Theory]
    [InlineData(SchedulingMode.PdBatch, new[] { InferType.Prefill })]
    [InlineData(SchedulingMode.PdStaged, new[] { InferType.Prefill, InferType.Decode })]
    public void Run_Disaggregated_PromptsAreLookedUpForThePrefillOnly(SchedulingMode mode, InferType[] stages)
    {
        PlacementLog log = Run([At(0, 2100, 1), At(10, 2100, 1)], Delayed(1), mode: mode);
        Assert.Equal([.. stages, .. stages], log.Entries.Select(static entry => entry.Stage));
        Assert.Equal(2048, log.Entries[stages.Length].Hits!.Longest);
        Assert.All(log.Entries.Where(static entry => entry.Stage == InferType.Decode), static entry => Assert.Null(entry.Hits));
    }

    [Fact]
    public void Run_UnknownContent_NoHitRate()
    {
        Assert.Null(Simulate([new RequestArrival(TimeSpan.Zero, 2100, 4)], Delayed(1), new PrefixLookupOptions(), SchedulingMode.Neutral, null, out _).PrefixHitRate);
        SimulationResult known = Simulate([At(0, 2100, 1), At(10, 2100, 1)], Delayed(1), null, SchedulingMode.Neutral, null, out PlacementLog log);
        Assert.Equal(2048.0 / 4200, known.PrefixHitRate);
        Assert.All(log.Entries, static entry => Assert.Null(entry.Hits));
    }

    [Fact]
    public void New_ContentIdsOfDifferentSize_IsRefused() => Assert.Contains(
        "TokensPerContentId",
        Assert.Throws<ArgumentException>(() => new FleetSimulation(
            new SimulationOptions { Engines = [Engine, Engine with { TokensPerContentId = 256 }], Arrivals = [], PrefixLookup = new() }, new VirtualClock())).Message,
        StringComparison.Ordinal);

    private static RequestArrival At(double seconds, int tokens, int content) => new(
        TimeSpan.FromSeconds(seconds), tokens, 4, Enumerable.Range(0, (tokens + 511) / 512).Select(block => (ulong)((content * 1000) + block)).ToArray());

    private static StatusPath Delayed(double ms) => new() { KvMetadataDelay = TimeSpan.FromMilliseconds(ms) };

    private static PlacementLog Run(
        RequestArrival[] arrivals,
        StatusPath path,
        PrefixLookupOptions? lookup = null,
        SchedulingMode mode = SchedulingMode.Neutral,
        EngineFault? faults = null)
    {
        SimulationResult result = Simulate(arrivals, path, lookup ?? new PrefixLookupOptions(), mode, faults, out PlacementLog log);
        Assert.All(result.Requests, request => Assert.Equal(faults is null ? RequestOutcome.Completed : request.Outcome, request.Outcome));
        return log;
    }

    private static SimulationResult Simulate(
        RequestArrival[] arrivals, StatusPath path, PrefixLookupOptions? lookup, SchedulingMode mode, EngineFault? fault, out PlacementLog log)
    {
        var clock = new VirtualClock();
        EngineConfiguration[] engines = mode == SchedulingMode.Neutral
            ? [Engine]
            : [Engine with { InferType = InferType.Prefill }, Engine with { InferType = InferType.Decode }];
        var simulation = new FleetSimulation(
            new SimulationOptions
            {
                Engines = engines, Arrivals = arrivals, Path = path, PrefixLookup = lookup, Mode = mode, Faults = fault is null ? [] : [fault],
            },
            clock);
        log = new PlacementLog(new BaselinePlacer(BaselineKind.RoundRobin, simulation.Engines, new Random(1)), clock);
        return simulation.Run(log, cancellation: TestContext.Current.CancellationToken);
    }
}
