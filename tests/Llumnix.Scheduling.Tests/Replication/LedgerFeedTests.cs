using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests.Replication;

public sealed class LedgerFeedTests
{
    private readonly Lock _gate = new();
    private readonly LookedAtTime _time = new();
    private readonly LedgerJournal _journal;
    private readonly LedgerFeed _feed;
    private readonly LedgerBatch _batch = new();

    public LedgerFeedTests()
    {
        _journal = new LedgerJournal(_time, capacity: 2048);
        _feed = new LedgerFeed(_gate, _time, _journal, new NoEntries(), new PeerTable(_journal), new ReplicaKey("s", 1), firstNumber: 1);
        Assert.False(_feed.Read(_batch));
        Assert.True(_batch.BeginsSnapshot && _batch.EndsSnapshot);
    }

    [Fact]
    public void Read_ManyChanges_FillsOneBatchAfterTheOther()
    {
        Append(1500);
        Assert.True(_feed.Read(_batch));
        Assert.Equal((2, 1, 1024, 0), (_batch.Number, _batch.FirstSequence, _batch.Changes.Count, _batch.Entries.Count));
        Assert.False(_feed.Read(_batch));
        Assert.Equal((3, 1025, 476), (_batch.Number, _batch.FirstSequence, _batch.Changes.Count));
        Assert.Equal("1499", _batch.Changes[^1].RequestId);
        Assert.False(_feed.Read(_batch, isSignOfLife: false));
        Assert.True(_batch.IsEmpty);
    }

    /// <summary>The lock is free between two pieces of a batch: by then the journal may have gone on over what was not read.</summary>
    [Fact]
    public void Read_ChangesAreLostBetweenTwoPieces_TellsWhatWasReadAndBeginsASnapshot()
    {
        Append(1000);
        _time.AtLook(2, () => Append(2048));
        Assert.True(_feed.Read(_batch));
        Assert.Equal((2, 256), (_batch.Number, _batch.Changes.Count));
        Assert.False(_batch.BeginsSnapshot);
        Assert.False(_feed.Read(_batch));
        Assert.True(_batch.BeginsSnapshot && _batch.EndsSnapshot);
        Assert.Equal((3, 3049, 0), (_batch.Number, _batch.FirstSequence, _batch.Changes.Count));
        Assert.Equal(1, _feed.Gaps);
    }

    [Fact]
    public void Read_SnapshotIsWantedBetweenTwoPieces_ComesWithTheNextBatch()
    {
        Append(1000);
        Task? told = null;
        _time.AtLook(2, () =>
        {
            _feed.RequestSnapshot();
            told = _feed.WhenTold();
        });
        Assert.True(_feed.Read(_batch));
        Assert.Equal(256, _batch.Changes.Count);
        _feed.Acknowledge(_batch.Number);
        Assert.False(told!.IsCompleted);
        Assert.False(_feed.Read(_batch));
        Assert.True(_batch.BeginsSnapshot && _batch.EndsSnapshot);
        _feed.Acknowledge(_batch.Number);
        Assert.True(told.IsCompleted);
    }

    private void Append(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _journal.Append(new LedgerChange { Kind = LedgerChangeKind.Ended, RequestId = $"{i}", Role = InferType.Neutral, InstanceId = "", GatewayId = "" });
        }
    }

    private sealed class NoEntries : IReplicatedEntries
    {
        public int IndexEnd => 1;

        public bool TryDescribe(int index, out LedgerChange added) => throw new NotSupportedException();

        public bool AddForeign(in LedgerChange added, in EntryOrigin origin, long now) => throw new NotSupportedException();

        public void Apply(in LedgerChange change, int replica, long now) => throw new NotSupportedException();

        public void RemoveUnconfirmed(int index, int replica, int round) => throw new NotSupportedException();
    }

    /// <summary>A clock at which something happens when it is looked at: once for each piece of a batch.</summary>
    private sealed class LookedAtTime : FakeTimeProvider
    {
        private int _looks;
        private (int At, Action Act)? _next;

        internal void AtLook(int look, Action act) => (_looks, _next) = (0, (look, act));

        public override long GetTimestamp()
        {
            if (_next is { } next && ++_looks == next.At)
            {
                _next = null;
                next.Act();
            }

            return base.GetTimestamp();
        }
    }
}
