namespace Llumnix.Server.Leadership;

/// <summary>The answer of <c>/leaderz</c>.</summary>
/// <param name="Role"><c>leader</c>, <c>frozen</c> (a leader that does not reach the store of leases, as nobody does) or <c>follower</c>.</param>
/// <param name="Epoch">The epoch of the leader's lease; 0 when no leader is known.</param>
/// <param name="Leader">Where the leader is reached; empty when none is known.</param>
internal sealed record LeaderState(string Role, long Epoch, string Leader);
