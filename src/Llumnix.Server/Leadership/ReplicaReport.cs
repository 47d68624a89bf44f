namespace Llumnix.Server.Leadership;

/// <summary>What a replica tells the leader twice a second: the body of <c>POST /replica</c>.</summary>
internal sealed record ReplicaReport
{
    /// <summary>The replica's id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Whether it reached the store of leases in its last round.</summary>
    public bool ReachesStore { get; init; }

    /// <summary>Whether it stops, so that its silence from now on means nothing.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>Its port for the ledgers of other replicas; 0: it takes none.</summary>
    public int PeerPort { get; init; }

    /// <summary>The gateways whose keep-alive connections it carries.</summary>
    public IReadOnlyList<CarriedGateway> Gateways { get; init; } = [];
}
