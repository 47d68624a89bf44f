namespace Llumnix.Cli.Explain;

/// <summary>The explained choice of an instance for one role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Outcome">The outcome of the decision.</param>
/// <param name="InstanceId">The pick; null when there is none.</param>
/// <param name="PreferencesMet">Whether the pick passes the preferred filters.</param>
/// <param name="Candidates">The candidates.</param>
/// <param name="PickIsUnreachable">Whether nothing answers at the pick, and requests are still tried there.</param>
internal sealed record ExplainedRole(
    string Role, string Policy, string Outcome, string? InstanceId, bool PreferencesMet, IReadOnlyList<ExplainedCandidate> Candidates,
    bool PickIsUnreachable = false);
