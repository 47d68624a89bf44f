using Llumnix.Scheduling.Replication;

namespace Llumnix.Simulation.Fleet;

/// <summary>The placements of several schedulers on the way to each other.</summary>
internal sealed class PeerStreams
{
    private readonly PeerExchange _exchange;
    private readonly VirtualClock _clock;
    private readonly EventQueue _events;
    private readonly Random _losses;
    private readonly List<PeerStream> _streams = [];
    private TimeSpan _toldAt = TimeSpan.MinValue;
    private bool _isTellDue;

    /// <param name="exchange">Who tells whom, and how.</param>
    /// <param name="clock">The simulation's clock.</param>
    /// <param name="events">The simulation's events.</param>
    public PeerStreams(PeerExchange exchange, VirtualClock clock, EventQueue events)
    {
        (_exchange, _clock, _events) = (exchange, clock, events);
        _losses = new Random(exchange.Seed);
        foreach (LedgerReplica from in exchange.Replicas)
        {
            foreach (LedgerReplica to in exchange.Replicas.Where(to => to != from))
            {
                to.OnStreamOpened(from.Self);
                _streams.Add(new PeerStream(from.OpenFeed(), to));
            }
        }
    }

    /// <summary>There may be something to tell: it goes at once, or when the interval since the last batch is over.</summary>
    public void Note()
    {
        if (_streams.Count == 0 || _isTellDue)
        {
            return;
        }

        _isTellDue = true;
        TimeSpan earliest = _toldAt == TimeSpan.MinValue ? _clock.Now : _toldAt + _exchange.BatchInterval;
        _events.Add(earliest > _clock.Now ? earliest : _clock.Now, SimulationEventKind.TellPeers);
    }

    /// <summary>Sends what there is to tell (<see cref="SimulationEventKind.TellPeers"/>).</summary>
    public void Tell()
    {
        (_isTellDue, _toldAt) = (false, _clock.Now);
        foreach (PeerStream stream in _streams)
        {
            bool isMore = true;
            while (isMore)
            {
                var batch = new LedgerBatch();
                isMore = stream.Feed.Read(batch, isSignOfLife: false);
                if (!batch.IsEmpty && _losses.NextDouble() >= _exchange.Loss)
                {
                    _events.Add(_clock.Now + _exchange.Delay, SimulationEventKind.TakeFromPeer, 0, (stream, batch));
                }
            }
        }
    }

    /// <summary>A batch has come (<see cref="SimulationEventKind.TakeFromPeer"/>).</summary>
    public void Take((PeerStream Stream, LedgerBatch Batch) told)
    {
        if (told.Stream.To.Receive(told.Batch) == BatchReceipt.SnapshotNeeded)
        {
            _events.Add(_clock.Now + _exchange.Delay, SimulationEventKind.RepeatForPeer, 0, told.Stream);
        }
    }

    /// <summary>A snapshot is asked for (<see cref="SimulationEventKind.RepeatForPeer"/>).</summary>
    public void Repeat(PeerStream stream)
    {
        stream.Feed.RequestSnapshot();
        Note();
    }

    /// <summary>The stream from one scheduler to another.</summary>
    /// <param name="Feed">What it is told.</param>
    /// <param name="To">Who is told.</param>
    internal sealed record PeerStream(LedgerFeed Feed, LedgerReplica To);
}
