using Llumnix.Scheduling.Replication;

namespace Llumnix.Simulation.Fleet;

/// <summary>Several schedulers: their placements on the way to each other.</summary>
public sealed partial class FleetSimulation
{
    private readonly List<PeerStream> _peerStreams = [];
    private readonly Random _peerLosses;
    private TimeSpan _peersToldAt = TimeSpan.MinValue;
    private bool _isTellDue;

    private void BeginPeers(PeerExchange exchange)
    {
        foreach (LedgerReplica from in exchange.Replicas)
        {
            foreach (LedgerReplica to in exchange.Replicas.Where(to => to != from))
            {
                to.OnStreamOpened(from.Self);
                _peerStreams.Add(new PeerStream(from.OpenFeed(), to));
            }
        }

        NotePeers();
    }

    /// <summary>There may be something to tell: it goes at once, or when the interval since the last batch is over.</summary>
    private void NotePeers()
    {
        if (_peerStreams.Count == 0 || _isTellDue)
        {
            return;
        }

        _isTellDue = true;
        TimeSpan earliest = _peersToldAt == TimeSpan.MinValue ? Now : _peersToldAt + _options.Peers!.BatchInterval;
        _events.Add(earliest > Now ? earliest : Now, SimulationEventKind.TellPeers);
    }

    private void TellPeers()
    {
        PeerExchange exchange = _options.Peers!;
        (_isTellDue, _peersToldAt) = (false, Now);
        foreach (PeerStream stream in _peerStreams)
        {
            bool isMore = true;
            while (isMore)
            {
                var batch = new LedgerBatch();
                isMore = stream.Feed.Read(batch, isSignOfLife: false);
                if (!batch.IsEmpty && _peerLosses.NextDouble() >= exchange.Loss)
                {
                    _events.Add(Now + exchange.Delay, SimulationEventKind.TakeFromPeer, 0, (stream, batch));
                }
            }
        }
    }

    private void TakeFromPeer((PeerStream Stream, LedgerBatch Batch) told)
    {
        if (told.Stream.To.Receive(told.Batch) == BatchReceipt.SnapshotNeeded)
        {
            _events.Add(Now + _options.Peers!.Delay, SimulationEventKind.RepeatForPeer, 0, told.Stream);
        }
    }

    private sealed record PeerStream(LedgerFeed Feed, LedgerReplica To);
}
