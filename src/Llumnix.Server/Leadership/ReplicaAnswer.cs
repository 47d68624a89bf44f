using Llumnix.Server.Leadership.Peers;

namespace Llumnix.Server.Leadership;

/// <summary>The answer to a <see cref="ReplicaReport"/>.</summary>
/// <param name="Id">The id of the replica that answers.</param>
/// <param name="IsLeading">Whether it leads.</param>
/// <param name="Epoch">The epoch of its last lease.</param>
/// <param name="Peers">Where the replicas that it knows take ledgers, itself among them; null: it does not tell.</param>
internal sealed record ReplicaAnswer(string Id, bool IsLeading, long Epoch, IReadOnlyList<ReportedPeer?>? Peers)
{
    /// <summary>The answer of a replica that refuses the service token of this one.</summary>
    internal static ReplicaAnswer Refusal { get; } = new("", false, 0, null);
}
