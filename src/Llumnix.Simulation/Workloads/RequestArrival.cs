namespace Llumnix.Simulation.Workloads;

/// <summary>One request of a workload: when it arrives and how long its prompt and its answer are.</summary>
/// <param name="Offset">Time since the start of the workload, not negative.</param>
/// <param name="PromptTokens">Length of the prompt in tokens, at least 1.</param>
/// <param name="OutputTokens">Tokens that the engine is to generate, at least 1.</param>
/// <param name="ContentIds">
/// Identity of the prompt's blocks, first block first; equal ids stand for equal content up to and including that block. Empty when
/// the content is unknown, and then nothing can be shared.
/// </param>
public sealed record RequestArrival(
    TimeSpan Offset,
    int PromptTokens,
    int OutputTokens,
    ReadOnlyMemory<ulong> ContentIds = default);
