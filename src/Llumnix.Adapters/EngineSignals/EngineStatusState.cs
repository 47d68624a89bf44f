namespace Llumnix.Adapters.EngineSignals;

/// <summary>How an <see cref="EngineStatusSource"/> is doing.</summary>
/// <param name="IsListed">Whether discovery has given a first list, even an empty one.</param>
/// <param name="Engines">Engines of discovery, by address.</param>
/// <param name="Recognised">Those whose metrics tell their load; the others are scheduled by the own account alone.</param>
/// <param name="Down">Those whose connections break.</param>
/// <param name="Unread">Engines whose last reads failed, sorted, each as its address with the reason.</param>
/// <param name="Reads">Reads that succeeded, since the start.</param>
/// <param name="Failures">Reads that failed, since the start, by reason.</param>
public sealed record EngineStatusState(
    bool IsListed, int Engines, int Recognised, int Down, IReadOnlyList<string> Unread, long Reads, Func<EngineReadFailure, long> Failures);
