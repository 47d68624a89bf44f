using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.PrefixCache;

/// <summary>Placements by prefix hits that the scheduler estimates from its own placements.</summary>
public sealed class HistorySchedulingTests
{
    private const int ChunkTokens = 256;
    private static readonly CacheAwareOptions ByHistory = new() { IsEnabled = true, Source = CacheAwareSource.History };
    private int _requests;

    private static SchedulerFixture Fixture(bool isReading = false) => new(
        settings: new FullModeOptions { CacheAware = ByHistory, Ledger = new LedgerOptions { IsReconciled = isReading } },
        policies: new PolicyOptions { CacheAware = ByHistory });

    private static PromptPrefix Prompt(int conversation, int chunks) =>
        new(Enumerable.Range(0, chunks).Select(i => (ulong)((conversation * 1000) + i)).ToArray(), ChunkTokens);

    private PlacedInstance Place(SchedulerFixture fixture, PromptPrefix prefix, SchedulingMode mode = SchedulingMode.Neutral, string? excluded = null)
    {
        string id = $"r{_requests++}";
        Assert.Equal(
            ScheduleOutcome.Placed,
            fixture.Scheduler.Schedule(
                new PlacementRequest(
                    id, mode, InferType.Prefill, prefix.Chunks.Length * ChunkTokens, Prefix: prefix, ExcludedInstances: excluded is null ? null : [excluded]),
                out Placement placement));
        fixture.Release(id, placement.First.Instance.InstanceId);
        return placement.First;
    }

    [Fact]
    public void Schedule_LongerPromptOfAConversation_FollowsIt()
    {
        SchedulerFixture fixture = Fixture().With([.. Enumerable.Range(0, 8).Select(i => Readings.Of($"i{i}"))]);
        PlacedInstance[] first = [.. Enumerable.Range(0, 40).Select(c => Place(fixture, Prompt(c, 8)))];
        PlacedInstance[] second = [.. Enumerable.Range(0, 40).Select(c => Place(fixture, Prompt(c, 12)))];
        Assert.Equal(first.Select(static placed => placed.Instance), second.Select(static placed => placed.Instance));
        Assert.All(first, static placed => Assert.Equal(0, placed.PrefixHitTokens));
        Assert.All(second, static placed => Assert.Equal(8 * ChunkTokens, placed.PrefixHitTokens));
    }

    [Fact]
    public void Schedule_MoreThanTheKvCapacityInBetween_TheHitIsGone()
    {
        SchedulerFixture fixture = Fixture().With(Readings.Of("a", status: static s => s with { TotalGpuTokens = 16 * ChunkTokens }));
        Place(fixture, Prompt(1, 8));
        Assert.Equal(8 * ChunkTokens, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
        Place(fixture, Prompt(2, 12));
        Assert.Equal(4 * ChunkTokens, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
    }

    [Fact]
    public void Schedule_InstanceRestarted_ItsHistoryIsGone()
    {
        SchedulerFixture fixture = Fixture().With(Readings.Of("a", metadata: static m => m with { UtcCreate = 1 }));
        Place(fixture, Prompt(1, 8));
        fixture.With(Readings.Of("a", metadata: static m => m with { UtcCreate = 2 }));
        Assert.Equal(0, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
    }

    [Fact]
    public void Schedule_InstanceLeftAndCameBack_ItsHistoryIsGone()
    {
        SchedulerFixture fixture = Fixture().With(Readings.Of("a"), Readings.Of("b"));
        string first = Place(fixture, Prompt(1, 8)).Instance.InstanceId;
        fixture.With(Readings.Of(first == "a" ? "b" : "a"));
        fixture.With(Readings.Of("a"), Readings.Of("b"));
        Assert.Equal(0, Place(fixture, Prompt(1, 8), excluded: first == "a" ? "b" : "a").PrefixHitTokens);
    }

    [Fact]
    public void Schedule_CountersOfTheEngineWentBack_ItsHistoryIsGone()
    {
        SchedulerFixture fixture = Fixture(isReading: true).With(Read(1, 0, 0));
        Place(fixture, Prompt(1, 8));
        fixture.With(Read(2, 8 * ChunkTokens, 100));
        Assert.Equal(8 * ChunkTokens, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
        fixture.With(Read(3, 10, 0));
        Assert.Equal(0, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
    }

    [Fact]
    public void Schedule_TheEngineFindsNothing_TheEstimateGoesToZero()
    {
        SchedulerFixture fixture = Fixture(isReading: true).With(Read(1, 0, 0));
        long queried = 0;
        for (int i = 2; i < 200; i++)
        {
            Place(fixture, Prompt(1, 8));
            fixture.With(Read(i, queried += 8 * ChunkTokens, 0));
        }

        Assert.Equal(0, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
    }

    [Fact]
    public void Schedule_Pair_ThePrefillIsRemembered()
    {
        SchedulerFixture fixture = Fixture().With(
            Readings.Of("p", InferType.Prefill), Readings.Of("d", InferType.Decode));
        Place(fixture, Prompt(1, 8), SchedulingMode.PdBatch);
        Assert.Equal(8 * ChunkTokens, Place(fixture, Prompt(1, 8), SchedulingMode.PdBatch).PrefixHitTokens);
        Assert.Equal(8 * ChunkTokens, Place(fixture, Prompt(1, 8), SchedulingMode.PdStaged).PrefixHitTokens);
    }

    [Fact]
    public void Schedule_PromptWithoutAPrefix_ByTheLoad()
    {
        SchedulerFixture fixture = Fixture().With(
            Readings.Of("a", status: static s => s with { UncomputedTokensSchedulerRunningPrefills = 1 }), Readings.Of("b"));
        Assert.Equal("b", Place(fixture, default).Instance.InstanceId);
    }

    [Fact]
    public void Schedule_ShortPrompt_ByTheLoadAndRemembered()
    {
        SchedulerFixture fixture = Fixture().With(
            Readings.Of("a", status: static s => s with { UncomputedTokensSchedulerRunningPrefills = 1 }), Readings.Of("b"));
        Assert.Equal("a", Place(fixture, Prompt(1, 2), excluded: "b").Instance.InstanceId);
        Assert.Equal("b", Place(fixture, Prompt(1, 2)).Instance.InstanceId);
        Assert.Equal(2 * ChunkTokens, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
    }

    [Fact]
    public void Explain_ChangesNothing()
    {
        SchedulerFixture fixture = Fixture().With(Readings.Of("a"));
        fixture.Scheduler.Explain(new PlacementRequest("e", SchedulingMode.Neutral, default, 8 * ChunkTokens, Prefix: Prompt(1, 8)));
        Assert.Equal(0, Place(fixture, Prompt(1, 8)).PrefixHitTokens);
    }

    private static InstanceReading Read(int updateId, long queried, long hit) => Readings.Of("a", status: s => s with
    {
        UpdateId = updateId,
        TimestampMs = s.TimestampMs + updateId,
        Reading = new EngineReading { AskedAt = updateId, CoversUntil = updateId, PrefixTokensTotal = (queried, hit) },
    });
}
