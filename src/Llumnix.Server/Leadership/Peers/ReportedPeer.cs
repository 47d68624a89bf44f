namespace Llumnix.Server.Leadership.Peers;

/// <summary>Where a replica takes the ledgers of others.</summary>
/// <param name="Id">The replica's id.</param>
/// <param name="Address">As <c>host:port</c>.</param>
internal sealed record ReportedPeer(string Id, string Address);
