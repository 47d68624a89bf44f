using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.Tests.Replication;

/// <summary>Streams between all replicas, over a network that loses and reorders batches as it is told to.</summary>
/// <param name="replicas">The replicas; an element may be replaced, which is a restart.</param>
/// <param name="random">Chooses what is lost and what comes next.</param>
internal sealed class ReplicaNetwork(LedgerReplica[] replicas, Random random)
{
    private readonly Dictionary<(int From, int To), Stream> _streams = [];

    /// <summary>Share of batches that are lost, 0 to 1.</summary>
    internal double Loss { get; set; }

    /// <summary>Whether batches of a stream may overtake each other.</summary>
    internal bool IsReordering { get; set; }

    /// <summary>Opens all streams anew.</summary>
    internal void ConnectAll()
    {
        for (int from = 0; from < replicas.Length; from++)
        {
            for (int to = 0; to < replicas.Length; to++)
            {
                if (from != to)
                {
                    Connect(from, to);
                }
            }
        }
    }

    /// <summary>Opens a stream anew; what is under way on the old one still arrives.</summary>
    internal void Connect(int from, int to)
    {
        List<LedgerBatch> late = Close(from, to);
        Assert.True(replicas[to].OnStreamOpened(replicas[from].Self));
        _streams[(from, to)] = new Stream(replicas[from].Self, replicas[from].OpenFeed(), late);
    }

    /// <summary>Ends a stream.</summary>
    /// <returns>What is under way on it.</returns>
    internal List<LedgerBatch> Close(int from, int to)
    {
        if (!_streams.Remove((from, to), out Stream? old))
        {
            return [];
        }

        replicas[to].OnStreamEnded(old.Origin);
        return old.UnderWay;
    }

    /// <summary>Closes all streams from and to a replica that stops.</summary>
    internal void Isolate(int replica)
    {
        for (int other = 0; other < replicas.Length; other++)
        {
            Close(replica, other);
            Close(other, replica);
        }
    }

    /// <summary>Sends one batch, or delivers one, on a random stream.</summary>
    internal void Step()
    {
        if (_streams.Count == 0)
        {
            return;
        }

        ((_, int to), Stream stream) = _streams.ElementAt(random.Next(_streams.Count));
        if (random.Next(2) == 0)
        {
            Send(stream);
        }
        else
        {
            Deliver(to, stream);
        }
    }

    /// <summary>Sends and delivers until nothing is left to tell.</summary>
    internal void Settle()
    {
        // Word of a change may lead to another change: a wish, and its owner's word that it is done.
        for (int round = 0; round < 6; round++)
        {
            foreach (((_, int to), Stream stream) in _streams)
            {
                bool isMore = true;
                while (isMore)
                {
                    isMore = Send(stream);
                    while (stream.UnderWay.Count > 0)
                    {
                        Deliver(to, stream);
                    }
                }
            }
        }
    }

    private bool Send(Stream stream)
    {
        var batch = new LedgerBatch();
        bool isMore = stream.Feed.Read(batch);
        if (random.NextDouble() >= Loss)
        {
            stream.UnderWay.Add(batch);
        }

        return isMore;
    }

    private void Deliver(int to, Stream stream)
    {
        if (stream.UnderWay.Count == 0)
        {
            return;
        }

        int at = IsReordering ? random.Next(stream.UnderWay.Count) : 0;
        LedgerBatch batch = stream.UnderWay[at];
        stream.UnderWay.RemoveAt(at);
        switch (replicas[to].Receive(batch))
        {
            case BatchReceipt.SnapshotNeeded:
                stream.Feed.RequestSnapshot();
                break;
            case BatchReceipt.Applied:
                stream.Feed.Acknowledge(batch.Number);
                break;
        }
    }

    private sealed record Stream(ReplicaKey Origin, LedgerFeed Feed, List<LedgerBatch> UnderWay);
}
