using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Replication;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Replication;

public sealed class LedgerReplicaTests
{
    private readonly InstanceReading _instance = Readings.Of("a");
    private readonly SchedulerFixture _first = Full("first");
    private readonly SchedulerFixture _second = Full("second");

    public LedgerReplicaTests()
    {
        _first.With(_instance);
        _second.With(_instance);
    }

    [Fact]
    public void Receive_Placement_CountsWithItsTokens()
    {
        LedgerFeed feed = Connect();
        _first.Neutral("r", tokens: 70);
        Pass(feed);
        Assert.Equal(new(1, 1, 70, 1, 70), _second["a"].Dispatched);
        Assert.Equal(1, _second.Scheduler.Replica!.Figures.ForeignEntries);
    }

    [Fact]
    public void Receive_SnapshotOfALateStart_CountsWhatWasPlacedBefore()
    {
        for (int i = 0; i < 1000; i++)
        {
            _first.Neutral($"r{i}", tokens: 1);
        }

        Pass(Connect());
        Assert.Equal(1000, _second["a"].Dispatched.Requests);
    }

    [Fact]
    public void Read_MoreChangesThanTheJournalHolds_MarksAGapAndBeginsASnapshot()
    {
        LedgerFeed feed = Connect();
        Pass(feed);
        for (int i = 0; i < 40_000; i++)
        {
            _first.Neutral($"r{i % 10}", tokens: 1);
        }

        var batch = new LedgerBatch();
        feed.Read(batch);
        Assert.True(batch.BeginsSnapshot);
        Assert.Equal(1, feed.Gaps);
        _second.Scheduler.Replica!.Receive(batch);
        Assert.Equal(10, _second["a"].Dispatched.Requests);
    }

    [Fact]
    public void Receive_AfterALostBatch_AsksForASnapshotOnceAndWaits()
    {
        LedgerFeed feed = Connect();
        Pass(feed);
        _first.Neutral("lost");
        feed.Read(new LedgerBatch());
        _first.Neutral("r");
        var batch = new LedgerBatch();
        feed.Read(batch);
        Assert.Equal(BatchReceipt.SnapshotNeeded, _second.Scheduler.Replica!.Receive(batch));
        feed.Read(batch);
        Assert.Equal(BatchReceipt.AwaitingSnapshot, _second.Scheduler.Replica!.Receive(batch));
        feed.RequestSnapshot();
        Pass(feed);
        Assert.Equal(2, _second["a"].Dispatched.Requests);
        Assert.Equal(1, _second.Scheduler.Replica!.Figures.Gaps);
    }

    [Fact]
    public void Receive_EntryOfAnUnknownInstance_CountsOnceTheInstanceHasCome()
    {
        LedgerFeed feed = Connect();
        InstanceReading b = Readings.Of("b");
        _first.With(b);
        _first.Neutral("r");
        Pass(feed);
        Assert.Equal(0, _second.Scheduler.Replica!.Figures.ForeignEntries);
        Assert.Equal(1, _second.Scheduler.Replica!.Figures.UnknownInstances);
        _second.With(_instance, b);
        Pass(feed);
        Assert.Equal(1, _second["b"].Dispatched.Requests);
    }

    [Fact]
    public void Acknowledge_ForeignEntryNamedByAStatus_IsRemovedWithoutItsOwner()
    {
        LedgerFeed feed = Connect();
        _first.Neutral("r");
        Pass(feed);
        _second.Update(_instance.Later(status: static s => s with { RecentWaitingRequests = ["cmpl-r-0"] }));
        Assert.Equal(default, _second["a"].Dispatched);
    }

    [Fact]
    public void Receive_PlacementAfterTheStatusThatNamesIt_GoesWithTheNextStatusAfterItsOwnersWord()
    {
        LedgerFeed feed = Connect();
        _first.Neutral("r");
        InstanceReading naming = _instance.Later(status: static s => s with { RecentWaitingRequests = ["r"] });
        _second.Update(naming);
        Pass(feed);
        _first.Update(naming);
        Pass(feed);
        Assert.Equal(1, _second["a"].Dispatched.Requests);
        _second.Update(naming.Later(status: static s => s with { RecentWaitingRequests = [] }));
        Assert.Equal(default, _second["a"].Dispatched);
    }

    [Fact]
    public void OnStreamEnded_EntriesOfTheGoneReplica_StayUntilTheyAreOld()
    {
        LedgerFeed feed = Connect();
        _first.Neutral("r");
        Pass(feed);
        _second.Scheduler.Replica!.OnStreamEnded(_first.Scheduler.Replica!.Self);
        _second.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, _second["a"].Dispatched.Requests);
        _second.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(default, _second["a"].Dispatched);
    }

    [Fact]
    public void Release_OfAnEntryOfAnother_EndsItAtItsOwner()
    {
        LedgerFeed feed = Connect();
        LedgerFeed back = Connect(_second, _first);
        Pass(back, _first);
        _first.Neutral("r");
        Pass(feed);
        _second.Release("r", "a");
        Assert.Equal(default, _second["a"].Dispatched);
        Pass(back, _first);
        Assert.Equal(default, _first["a"].Dispatched);
        Pass(feed);
        Assert.Equal(default, _second["a"].Dispatched);
    }

    [Fact]
    public void Receive_OwnBatch_IsRefused()
    {
        var batch = new LedgerBatch();
        _first.Scheduler.Replica!.OpenFeed().Read(batch);
        Assert.Equal(BatchReceipt.Refused, _first.Scheduler.Replica!.Receive(batch));
    }

    [Fact]
    public void OnStreamOpened_MoreReplicasThanNumbers_IsRefusedUntilOneHasGone()
    {
        LedgerReplica replica = _second.Scheduler.Replica!;
        Assert.All(Enumerable.Range(0, 63), i => Assert.True(replica.OnStreamOpened(new ReplicaKey("peer", i))));
        Assert.False(replica.OnStreamOpened(new ReplicaKey("peer", 63)));
        replica.OnStreamEnded(new ReplicaKey("peer", 5));
        Assert.True(replica.OnStreamOpened(new ReplicaKey("peer", 63)));
    }

    [Fact]
    public void Lag_IsTheTimeFromTheChangeToItsAcknowledgement()
    {
        LedgerFeed feed = Connect();
        Pass(feed);
        _first.Neutral("r");
        _first.Time.Advance(TimeSpan.FromMilliseconds(2));
        var batch = new LedgerBatch();
        feed.Read(batch);
        _first.Time.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Equal(TimeSpan.FromMilliseconds(5), feed.Lag);
        feed.Acknowledge(batch.Number);
        _first.Time.Advance(TimeSpan.FromMilliseconds(30));
        Assert.Equal(TimeSpan.FromMilliseconds(5), feed.Lag);
    }

    [Fact]
    public void WhenTold_CompletesWithTheAcknowledgementOfWhatHappenedBefore()
    {
        LiteModeFixture first = Lite("first");
        LedgerFeed feed = first.Scheduler.Replica!.OpenFeed();
        var batch = new LedgerBatch();
        first.Neutral("r", tokens: 50);
        Task told = feed.WhenTold();
        Assert.True(feed.Read(batch, isSignOfLife: false) || batch.EndsSnapshot);
        while (!batch.EndsSnapshot)
        {
            feed.Read(batch);
        }

        Assert.False(told.IsCompleted);
        first.Neutral("later", tokens: 50);
        feed.Acknowledge(batch.Number);
        Assert.True(told.IsCompletedSuccessfully);

        told = feed.WhenTold();
        feed.Read(batch);
        feed.RequestSnapshot();
        feed.Acknowledge(batch.Number);
        Assert.False(told.IsCompleted);
        do
        {
            feed.Read(batch);
        }
        while (!batch.EndsSnapshot);
        feed.Acknowledge(batch.Number - 1);
        Assert.False(told.IsCompleted);
        feed.Acknowledge(batch.Number);
        Assert.True(told.IsCompletedSuccessfully);
        Assert.True(feed.WhenTold().IsCompletedSuccessfully);
    }

    [Fact]
    public void LiteMode_LossOfAGatewayAtOneReplica_LeavesWhatAnotherHasPlaced()
    {
        LiteModeFixture first = Lite("first");
        LiteModeFixture second = Lite("second");
        LedgerFeed feed = first.Scheduler.Replica!.OpenFeed();
        second.Scheduler.Replica!.OnStreamOpened(first.Scheduler.Replica.Self);
        second.Scheduler.OnGatewayConnected("g");
        first.Neutral("r", tokens: 50);
        Pass(feed, second.Scheduler.Replica);
        Assert.Equal(new TrackedLoad(1, 50, 1, 50), second["a"]);
        second.Scheduler.OnGatewayLost("g");
        Assert.Equal(new TrackedLoad(1, 50, 1, 50), second["a"]);
        first.Report("r", "a", 60, isPrefillDone: true);
        Pass(feed, second.Scheduler.Replica);
        Assert.Equal(new TrackedLoad(1, 60, 0, 0), second["a"]);
        first.Release("r", "a");
        Pass(feed, second.Scheduler.Replica);
        Assert.Equal(default, second["a"]);
    }

    [Fact]
    public void LiteMode_PlacementOfAnotherAfterTheReportOfIt_CountsOnce()
    {
        LiteModeFixture first = Lite("first");
        LiteModeFixture second = Lite("second");
        first.Neutral("r", tokens: 50);
        second.Report("r", "a", 60);
        Pass(first.Scheduler.Replica!.OpenFeed(), second.Scheduler.Replica!);
        Assert.Equal(1, second["a"].Requests);
    }

    private static SchedulerFixture Full(string name) => new(settings: new FullModeOptions { Replica = new ReplicaKey(name, 1) });

    private static LiteModeFixture Lite(string name) =>
        new LiteModeFixture(settings: new LiteModeOptions { Replica = new ReplicaKey(name, 1) }).With(LiteModeFixture.Of("a"));

    private LedgerFeed Connect() => Connect(_first, _second);

    private static LedgerFeed Connect(SchedulerFixture from, SchedulerFixture to)
    {
        Assert.True(to.Scheduler.Replica!.OnStreamOpened(from.Scheduler.Replica!.Self));
        return from.Scheduler.Replica!.OpenFeed();
    }

    private void Pass(LedgerFeed feed) => Pass(feed, _second);

    private static void Pass(LedgerFeed feed, SchedulerFixture to) => Pass(feed, to.Scheduler.Replica!);

    /// <summary>Reads all that there is, and a little more: the answer to one batch may be the wish for a snapshot.</summary>
    private static void Pass(LedgerFeed feed, LedgerReplica to)
    {
        var batch = new LedgerBatch();
        int left = 1;
        while (left > 0)
        {
            left += feed.Read(batch) ? 0 : -1;
            if (to.Receive(batch) == BatchReceipt.SnapshotNeeded)
            {
                feed.RequestSnapshot();
                left = 1;
            }
        }
    }
}
