using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.PrefixCache;

public sealed class CacheAwareSchedulingTests
{
    private static SchedulerFixture CacheAware(string metric = "cache_aware_all_prefills_tokens_num", double tolerance = 0) => new(
        settings: new FullModeOptions { CacheAware = new CacheAwareOptions { IsEnabled = true } },
        policies: new PolicyOptions { CacheAware = new CacheAwareOptions { IsEnabled = true, LocalityMetric = metric, LocalityTolerance = tolerance } });

    private static InstanceReading Loaded(string id, int tokens) =>
        Readings.Of(id, status: s => s with { UncomputedTokensSchedulerRunningPrefills = tokens });

    private static StoredPrefixHits Hits(params (string Instance, int Tokens)[] hits) =>
        new(hits.ToDictionary(hit => $"kvs-{hit.Instance}", hit => hit.Tokens));

    [Fact]
    public void Schedule_HitOutweighsLoad_GoesWhereThePrefixIs()
    {
        SchedulerFixture fixture = CacheAware().With(
            Readings.Of("a", status: s => s with { UncomputedTokensSchedulerRunningPrefills = 500 }), Readings.Of("b"));
        // 1000 - 800 + 500 = 700 on a, 1000 on b.
        Assert.Equal("a", fixture.Neutral("r", 1000, Hits(("a", 800))));
    }

    [Fact]
    public void Schedule_LoadOutweighsHit_GoesElsewhere()
    {
        SchedulerFixture fixture = CacheAware().With(
            Readings.Of("a", status: s => s with { UncomputedTokensSchedulerRunningPrefills = 900 }), Readings.Of("b"));
        // 1000 - 800 + 900 = 1100 on a, 1000 on b.
        Assert.Equal("b", fixture.Neutral("r", 1000, Hits(("a", 800))));
    }

    [Fact]
    public void Schedule_ByDefault_TheBestHitDecides()
    {
        var fixture = new SchedulerFixture(
            settings: new FullModeOptions { CacheAware = new CacheAwareOptions { IsEnabled = true } },
            policies: new PolicyOptions { CacheAware = new CacheAwareOptions { IsEnabled = true } });
        fixture.With(Readings.Of("a"), Readings.Of("b"), Readings.Of("c"));
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal("b", fixture.Neutral($"r{i}", 1000, Hits(("a", 255), ("b", 256))));
            fixture.Release($"r{i}", "b");
        }
    }

    [Theory]
    [InlineData(512, "b")]
    [InlineData(611, "b")]
    [InlineData(613, "a")]
    public void Schedule_HitWithinTheTolerance_TheLoadDecides(int hit, string expected)
    {
        // The load is on a; c is out of reach.
        SchedulerFixture fixture = CacheAware(tolerance: 512).With(
            Loaded("a", 100), Loaded("b", 0), Loaded("c", 2000));
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(expected, fixture.Neutral($"r{i}", 1000, Hits(("a", hit), ("c", hit))));
            fixture.Release($"r{i}", expected);
        }
    }

    /// <summary>Within the tolerance chance decides only between those whose load and hit are equal.</summary>
    [Fact]
    public void Schedule_WithinTheToleranceWithEqualLoads_TheMoreHitsWin()
    {
        SchedulerFixture fixture = CacheAware(tolerance: 512).With(
            Loaded("a", 0), Loaded("b", 0), Loaded("c", 0), Loaded("d", 1));
        HashSet<string?> chosen = [];
        for (int i = 0; i < 40; i++)
        {
            string? pick = fixture.Neutral($"r{i}", 1000, Hits(("a", 255), ("b", 256), ("c", 256), ("d", 600)));
            chosen.Add(pick);
            fixture.Release($"r{i}", pick!);
        }

        Assert.Equal(["b", "c"], chosen.Order());
    }

    [Fact]
    public void Schedule_NoHitsKnown_IsLoadBalanced()
    {
        SchedulerFixture fixture = CacheAware().With(
            Readings.Of("a", status: s => s with { UncomputedTokensSchedulerRunningPrefills = 10 }), Readings.Of("b"));
        Assert.Equal("b", fixture.Neutral("r", 1000));
    }

    [Theory]
    [InlineData("num_requests", "b")]
    [InlineData("kv_cache_usage_ratio_projected", "c")]
    public void Schedule_NoHitsKnown_TheLoadMetricAloneDecides(string load, string expected)
    {
        var fixture = new SchedulerFixture(
            settings: new FullModeOptions { CacheAware = new CacheAwareOptions { IsEnabled = true } },
            policies: new PolicyOptions
            {
                Dispatch = new DispatchOptions { Neutral = new LoadCriterion(load, 8192) },
                CacheAware = new CacheAwareOptions { IsEnabled = true },
            });
        fixture.With(
            Readings.Of("a", status: s => s with { RunningRequestCount = 3, UsedGpuTokens = 900 }),
            Readings.Of("b", status: s => s with { RunningRequestCount = 1, UncomputedTokensSchedulerRunningPrefills = 700, UsedGpuTokens = 800 }),
            Readings.Of("c", status: s => s with { RunningRequestCount = 2, UncomputedTokensSchedulerRunningPrefills = 500 }));
        Assert.Equal(expected, fixture.Neutral("r", 1000));
        Assert.Equal("a", fixture.Neutral("s", 1000, Hits()));
    }

    [Fact]
    public void Schedule_HitLengthMetric_LongestHitWinsAndTheLoadBreaksTies()
    {
        SchedulerFixture fixture = CacheAware("kv_cache_hit_len").With(
            Readings.Of("a", status: s => s with { UncomputedTokensSchedulerRunningPrefills = 900 }), Readings.Of("b"), Readings.Of("c"));
        Assert.Equal("a", fixture.Neutral("r1", 1000, Hits(("a", 512), ("b", 256))));
        Assert.Equal("b", fixture.Neutral("r2", 1000, Hits(("a", 512), ("b", 512))));
    }

    [Fact]
    public void Schedule_SeveralInstancesShareAKvHost_AllOfThemHoldTheHit()
    {
        SchedulerFixture fixture = CacheAware().With(
            Readings.Of("a", metadata: m => m with { IpKvs = "kvs-x" }),
            Readings.Of("b", metadata: m => m with { IpKvs = "kvs-x" }, status: s => s with { UncomputedTokensSchedulerRunningPrefills = 1 }),
            Readings.Of("c"));
        Assert.Equal("a", fixture.Neutral("r", 1000, Hits(("x", 300))));
    }

    [Fact]
    public void Schedule_Decode_IgnoresHits()
    {
        SchedulerFixture fixture = CacheAware().With(
            Readings.Of("a", InferType.Decode, status: s => s with { UsedGpuTokens = 100 }), Readings.Of("b", InferType.Decode));
        fixture.Scheduler.Schedule(
            new PlacementRequest("r", SchedulingMode.PdStaged, InferType.Decode, 1000, Hits(("a", 1000))), out Placement placement);
        Assert.Equal("b", placement.First.Instance.InstanceId);
    }

    [Fact]
    public void Ledger_Hit_OnlyTheMissIsInFlight()
    {
        SchedulerFixture fixture = CacheAware().With(Readings.Of("a"));
        fixture.Neutral("r", 1000, Hits(("a", 768)));
        Assert.Equal(new(1, 1, 232, 1, 1000), fixture["a"].Dispatched);
    }

    [Fact]
    public void Ledger_RequestWaits_ItsMissStandsForWhatTheStatusSays()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = CacheAware().With(a);
        fixture.Neutral("r1", 1000, Hits(("a", 768)));
        fixture.Neutral("r2", 500);

        // The engine does not know the store's prefix yet and counts r1 whole; r9 is somebody else's and counts nothing.
        a = a.Later(status: s => s with
        {
            RecentWaitingRequests = ["cmpl-r1-0", "cmpl-r9-0"],
            WaitingRequests = ["cmpl-r1-0", "cmpl-r9-0"],
            UncomputedTokensAllWaitingPrefills = 1700,
            UncomputedTokensSchedulerRunningPrefills = 40,
        });
        fixture.Update(a);
        Assert.Equal(new(1, 1, 500, 1, 500), fixture["a"].Dispatched);
        Assert.Equal(232 + 40 + 500, fixture["a"].Load.AllPrefillsTokens);

        // It waits longer than a request in flight may live, and is not dropped for that.
        a = a.Later(status: s => s with { RecentWaitingRequests = [] });
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        fixture.Update(a);
        Assert.Equal(232 + 40, fixture["a"].Load.AllPrefillsTokens);

        fixture.Update(a.Later(status: s => s with { WaitingRequests = [] }));
        Assert.Equal(40, fixture["a"].Load.AllPrefillsTokens);
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
    }

    [Fact]
    public void Ledger_WaitingRequestReleased_CountsNoMore()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = CacheAware().With(a);
        fixture.Neutral("r", 1000, Hits(("a", 768)));
        fixture.Update(a.Later(status: s => s with { RecentWaitingRequests = ["r"], WaitingRequests = ["r"] }));
        fixture.Release("r", "a");
        Assert.Equal(0, fixture["a"].Load.AllPrefillsTokens);
    }

    [Fact]
    public void Ledger_NotCacheAware_TheStatusCounts()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        fixture.Neutral("r", 1000);
        fixture.Update(a.Later(status: s => s with
        {
            RecentWaitingRequests = ["r"], WaitingRequests = ["r"], UncomputedTokensAllWaitingPrefills = 900,
        }));
        Assert.Equal(900, fixture["a"].Load.AllPrefillsTokens);
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
    }
}
