namespace Llumnix.Cli.Explain;

/// <summary>How the instance of one role would be chosen.</summary>
/// <param name="Role">The role.</param>
/// <param name="Policy">The policy that chooses.</param>
/// <param name="Outcome">What comes of it.</param>
/// <param name="InstanceId">The pick; null when there is none.</param>
/// <param name="PreferencesMet">Whether it passes the preferred filters.</param>
/// <param name="Candidates">Who could be picked.</param>
internal sealed record ExplainedRole(
    string Role, string Policy, string Outcome, string? InstanceId, bool PreferencesMet, IReadOnlyList<ExplainedCandidate> Candidates);
