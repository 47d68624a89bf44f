using Llumnix.Scheduling.Replication;
using Llumnix.Server.Leadership.Peers;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of the ledgers among replicas, set at each scrape.</summary>
internal sealed class PeerTelemetry
{
    private readonly Gauge _lag;
    private readonly Gauge _connected;
    private readonly Counter _overruns;
    private readonly Counter _gaps;
    private readonly Counter _unknown;
    private readonly Gauge _foreign;
    private HashSet<string> _shown = [];

    /// <param name="factory">Makes the metrics.</param>
    internal PeerTelemetry(IMetricFactory factory)
    {
        _lag = factory.CreateGauge(
            "scheduler_peer_ledger_lag_seconds", "Time from a placement here until the replica has acknowledged it, in seconds: for so long its decisions do not know of it.", ["peer"]);
        _connected = factory.CreateGauge("scheduler_peer_connected", "1 while the replica takes this one's placements, else 0.", ["peer"]);
        _overruns = factory.CreateCounter(
            "scheduler_peer_ledger_overruns_total", "Times that a replica was too slow for the journal, so that it got a snapshot.", ["peer"]);
        _gaps = factory.CreateCounter("scheduler_peer_ledger_gaps_total", "Times that a batch of another replica was missing, so that a snapshot was asked for.");
        _unknown = factory.CreateCounter(
            "scheduler_peer_ledger_unknown_instances_total", "Entries of other replicas that were left out because their instance was not known.");
        _foreign = factory.CreateGauge("scheduler_foreign_ledger_entries", "Entries of other replicas that count as load here.");
    }

    /// <summary>Shows the present state. One call at a time.</summary>
    internal void Show(ReplicationFigures figures, IReadOnlyList<LedgerSender> senders)
    {
        var shown = new HashSet<string>();
        foreach (LedgerSender sender in senders.Where(static sender => !sender.IsUnneeded))
        {
            shown.Add(sender.Address);
            _lag.WithLabels(sender.Address).Set(sender.Lag.TotalSeconds);
            _connected.WithLabels(sender.Address).Set(sender.IsConnected ? 1 : 0);
            _overruns.WithLabels(sender.Address).IncTo(sender.Gaps);
        }

        foreach (string gone in _shown.Except(shown))
        {
            _lag.RemoveLabelled(gone);
            _connected.RemoveLabelled(gone);
            _overruns.RemoveLabelled(gone);
        }

        _shown = shown;
        _gaps.IncTo(figures.Gaps);
        _unknown.IncTo(figures.UnknownInstances);
        _foreign.Set(figures.ForeignEntries);
    }
}
