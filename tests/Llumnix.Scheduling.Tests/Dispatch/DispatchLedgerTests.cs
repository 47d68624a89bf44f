using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Dispatch;

public sealed class DispatchLedgerTests
{
    private static InstanceReading Naming(InstanceReading reading, params string[] ids) =>
        reading.Later(status: s => s with { RecentWaitingRequests = ids });

    [Fact]
    public void Add_Neutral_CountsAsPrefillAndDecode()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"));
        fixture.Neutral("r", tokens: 70);
        Assert.Equal(new(1, 1, 70, 1, 70), fixture["a"].Dispatched);
    }

    [Theory]
    [InlineData("r-1")]
    [InlineData("cmpl-r-1-0")]
    [InlineData("chatcmpl-r-1")]
    [InlineData("r-1+suffix-9")]
    [InlineData("r-1-3")]
    public void Acknowledge_AnyFormOfTheId_LeavesTheSums(string engineId)
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        fixture.Neutral("r-1");
        fixture.Update(Naming(a, "someone-else", engineId));
        Assert.Equal(default, fixture["a"].Dispatched);
        Assert.Equal(0, fixture.Scheduler.Snapshot().LedgerEntries);
    }

    [Fact]
    public void Acknowledge_ByAnotherInstance_ChangesNothing()
    {
        InstanceReading a = Readings.Of("a");
        InstanceReading d = Readings.Of("d", InferType.Decode);
        SchedulerFixture fixture = new SchedulerFixture().With(a, d);
        fixture.Neutral("r");
        fixture.Update(Naming(d, "cmpl-r-0"));
        Assert.Equal(1, fixture["a"].Dispatched.Requests);
    }

    [Fact]
    public void Release_AfterAcknowledge_IsNotSubtractedAgain()
    {
        InstanceReading a = Readings.Of("a");
        SchedulerFixture fixture = new SchedulerFixture().With(a);
        fixture.Neutral("r1", tokens: 30);
        fixture.Neutral("r2", tokens: 50);
        fixture.Update(Naming(a, "cmpl-r1-0"));
        fixture.Release("r1", "a");
        fixture.Release("r1", "a", InferType.Neutral);
        Assert.Equal(new(1, 1, 50, 1, 50), fixture["a"].Dispatched);
    }

    [Fact]
    public void Release_PrefillAtTheFirstToken_DecodeStaysInFlight()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("p", InferType.Prefill), Readings.Of("d", InferType.Decode));
        fixture.Pair("r", out _, tokens: 40);
        fixture.Release("r", "p", InferType.Prefill);
        Assert.Equal(default, fixture["p"].Dispatched);
        Assert.Equal(new(1, 0, 0, 1, 40), fixture["d"].Dispatched);
    }

    [Fact]
    public void Release_UnknownRequestOrEndpointOrRole_ChangesNothing()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"), Readings.Of("d", InferType.Decode));
        fixture.Neutral("r");
        fixture.Release("unknown", "a");
        fixture.Release("r", "d");
        fixture.Release("r", "a", InferType.Decode);
        Assert.Equal(1, fixture["a"].Dispatched.Requests);
        fixture.Release("r", "a", InferType.Neutral);
        Assert.Equal(default, fixture["a"].Dispatched);
    }

    [Fact]
    public void Release_EnginesThatShareAnIp_OnlyTheOneWithThePort()
    {
        SchedulerFixture fixture = new SchedulerFixture("round-robin").With(
            Readings.Of("a", metadata: m => m with { Ip = "ip", ApiServerPort = 1 }),
            Readings.Of("b", metadata: m => m with { Ip = "ip", ApiServerPort = 2 }));
        fixture.Neutral("r1");
        fixture.Neutral("r2");
        fixture.Scheduler.Release("r1", new("ip", 2, InferType.Neutral));
        Assert.Equal((1, 1), (fixture["a"].Dispatched.Requests, fixture["b"].Dispatched.Requests));
        fixture.Scheduler.Release("r2", new("ip", 2, InferType.Neutral));
        Assert.Equal((1, 0), (fixture["a"].Dispatched.Requests, fixture["b"].Dispatched.Requests));
    }

    /// <summary>Scheduled again, the request is on the other rank: the release of the first answer comes too late to free anything.</summary>
    [Theory]
    [InlineData(0, "", true)]
    [InlineData(1, "", false)]
    [InlineData(1, "whatever", false)]
    [InlineData(null, "ip_instance0_2", true)]
    [InlineData(null, "ip_instance1_2", false)]
    [InlineData(null, "", false)] // Nothing tells the rank.
    public void Release_RanksThatShareAnEndpoint_OnlyTheOneWithTheRank(int? rank, string id, bool isStale)
    {
        SchedulerFixture fixture = new SchedulerFixture("round-robin").With(Rank(0), Rank(1));
        fixture.Neutral("r");
        fixture.Neutral("r");
        fixture.Scheduler.Release("r", new("ip", 1, InferType.Neutral, id, DataParallelRank: rank));
        Assert.Equal((0, isStale ? 1 : 0), (fixture["rank0"].Dispatched.Requests, fixture["rank1"].Dispatched.Requests));

        static InstanceReading Rank(int rank) => Readings.Of(
            $"rank{rank}", metadata: m => m with { Ip = "ip", ApiServerPort = 1, DataParallelRank = rank, DataParallelSize = 2 });
    }

    [Fact]
    public void Expire_NoStatusEverNamesIt_DroppedAlsoWhenTheStatusNeverChanges()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"));
        fixture.Neutral("r1");
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        fixture.Neutral("r2");
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, fixture["a"].Dispatched.Requests);
        Assert.Equal(1, fixture.Scheduler.Snapshot().LedgerExpiredTotal);
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(default, fixture["a"].Dispatched);
    }

    [Fact]
    public void Add_SameIdAndStageAgain_ReplacesTheEarlierEntry()
    {
        SchedulerFixture fixture = new SchedulerFixture("round-robin").With(Readings.Of("a"), Readings.Of("b"));
        fixture.Neutral("r", tokens: 10);
        fixture.Neutral("r", tokens: 20);
        Assert.Equal(default, fixture["a"].Dispatched);
        Assert.Equal(new(1, 1, 20, 1, 20), fixture["b"].Dispatched);
    }

    [Fact]
    public void Ledger_SwitchedOff_CountsNothing()
    {
        SchedulerFixture fixture = new(settings: new FullModeOptions { Ledger = new LedgerOptions { IsEnabled = false } });
        fixture.With(Readings.Of("a"));
        fixture.Neutral("r");
        Assert.Equal(default, fixture["a"].Dispatched);
    }
}
