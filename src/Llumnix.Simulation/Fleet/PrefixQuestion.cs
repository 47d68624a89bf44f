namespace Llumnix.Simulation.Fleet;

/// <summary>One question of a lookup.</summary>
/// <param name="AskedAt">Timestamp of the question.</param>
/// <param name="AnswerAt">When the answer is there, or the budget used up.</param>
/// <param name="IsLate">Whether the budget is used up before the answer is there.</param>
/// <param name="Holders">The holders of each of its chunks.</param>
internal sealed record PrefixQuestion(long AskedAt, TimeSpan AnswerAt, bool IsLate, IReadOnlyList<IReadOnlyList<string>> Holders);
