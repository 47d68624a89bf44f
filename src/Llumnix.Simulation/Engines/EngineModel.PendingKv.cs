using System.Diagnostics.CodeAnalysis;

namespace Llumnix.Simulation.Engines;

/// <content>Decode requests that come while another engine still computes their prompt. Their blocks are taken at once, as those of loading ones.</content>
public sealed partial class EngineModel
{
    /// <summary>
    /// Begins to load the prompt's KV of a request with <see cref="EngineRequest.IsKvPending"/>, whose prefill is complete: at once, or when blocks
    /// are free.
    /// </summary>
    /// <param name="requestId">The request.</param>
    /// <param name="now">The time.</param>
    /// <returns>False when no such request waits for its KV.</returns>
    public bool StartLoad(string requestId, TimeSpan now)
    {
        if (!TryTakePending(requestId, out Sequence? sequence))
        {
            return false;
        }

        if (sequence.Phase == SequencePhase.Loading)
        {
            sequence.Due = now + LoadTime(sequence);
        }

        return true;
    }

    /// <summary>
    /// Gives up on the prompt's KV of a request with <see cref="EngineRequest.IsKvPending"/>: the prompt is computed here, ahead of the waiting
    /// queue.
    /// </summary>
    /// <param name="requestId">The request.</param>
    /// <returns>False when no such request waits for its KV.</returns>
    public bool LoseKv(string requestId)
    {
        if (!TryTakePending(requestId, out Sequence? sequence))
        {
            return false;
        }

        sequence.NeedsLoad = false;
        if (sequence.Phase == SequencePhase.Loading)
        {
            _loading.Remove(sequence);
            _blocks.Release(sequence);
            sequence.Phase = SequencePhase.Waiting;
            _waiting.AddFirst(sequence);
        }

        return true;
    }

    private bool TryTakePending(string requestId, [NotNullWhen(true)] out Sequence? sequence)
    {
        if (!_byId.TryGetValue(requestId, out sequence) || !sequence.IsKvPending)
        {
            return false;
        }

        sequence.IsKvPending = false;
        UpdateId++;
        return true;
    }

    private TimeSpan LoadTime(Sequence sequence) =>
        TimeSpan.FromSeconds((double)sequence.Request.PromptTokens * Configuration.KvBytesPerToken / Configuration.KvTransferBytesPerSecond);
}
