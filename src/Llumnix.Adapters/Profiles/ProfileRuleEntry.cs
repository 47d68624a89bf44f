using Llumnix.Scheduling.Prediction;

namespace Llumnix.Adapters.Profiles;

/// <summary>One class of a file of rules, its tables unread.</summary>
/// <param name="Name">The class.</param>
/// <param name="Conditions">What holds for its instances.</param>
/// <param name="TtftPath">The prefill table, independent of the working directory.</param>
/// <param name="TpotPath">The decode table, likewise.</param>
/// <param name="Line">The line of the file where it begins, from 1.</param>
public sealed record ProfileRuleEntry(string Name, IReadOnlyList<InstanceCondition> Conditions, string TtftPath, string TpotPath, long Line);
