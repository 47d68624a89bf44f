using System.Net;
using System.Security.Cryptography;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Server.Options;

/// <summary>Replicas of the scheduler that tell each other of their placements, so that each counts those of all.</summary>
public sealed record PeerOptions
{
    /// <summary>Port for the other replicas, on the address and with the certificate of the service; 0: none, and the ledger is told to nobody.</summary>
    public int Port { get; init; }

    /// <summary>The other replicas by the address of their <see cref="Port"/>; this one among them is recognized. Empty: those that report to the leader.</summary>
    public IReadOnlyList<DnsEndPoint> Peers { get; init; } = [];

    /// <summary>Certificate authorities in PEM that the other replicas' certificates are checked against; empty: the system's.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>What two batches are apart at least where all replicas decide: for so long they may choose the same instance.</summary>
    private static readonly TimeSpan OfDeciding = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// What they are apart where one leads. The others need the placements only when they take over: after a flush from a leader that stops, and not before its lease has run out from
    /// one that dies, when statuses show what it placed last. Each batch wakes threads at both ends, and so costs as much as several decisions.
    /// </summary>
    private static readonly TimeSpan OfStandby = TimeSpan.FromMilliseconds(100);

    /// <summary>Least time between two batches to a replica; the first word after a pause goes at once. Zero: see <see cref="BatchIntervalOf"/>.</summary>
    public TimeSpan BatchInterval { get; init; }

    /// <summary>How long a leader that stops waits at most, before it gives its lease back, for the replicas to have all of its placements; above zero. No flag.</summary>
    public TimeSpan FlushBound { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether there are other replicas to tell and to hear.</summary>
    public bool IsEnabled => Port != 0;

    /// <summary>Least time between two batches to a replica, above zero.</summary>
    /// <param name="isLed">Whether one replica decides for all.</param>
    public TimeSpan BatchIntervalOf(bool isLed) => BatchInterval > TimeSpan.Zero ? BatchInterval : isLed ? OfStandby : OfDeciding;

    /// <summary>A key for this run of the scheduler; null without other replicas.</summary>
    internal ReplicaKey? MakeKey(ServiceOptions service) => IsEnabled
        ? new ReplicaKey(
            FormattableString.Invariant($"{Environment.MachineName}:{service.Port}"), BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))))
        : null;
}
