using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Engines;

public sealed partial class EngineModel
{
    /// <summary>Puts a request into the waiting queue. A decode whose prefill is held here skips the queue, also under the same id.</summary>
    public AdmissionResult Add(EngineRequest request, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(request);
        AdmissionResult result = Check(request);
        if (result == AdmissionResult.DuplicateId && request.LocalPrefillId == request.Id && MayTakeOver(request))
        {
            result = AdmissionResult.Accepted;
        }

        if (result == AdmissionResult.Accepted)
        {
            Enter(request);
            _recent.Add(request.Id, now);
            UpdateId++;
        }

        return result;
    }

    private AdmissionResult Check(EngineRequest request) => request switch
    {
        { PromptTokens: < 1 } or { OutputTokens: < 1 } => AdmissionResult.Empty,
        _ when (long)request.PromptTokens + request.OutputTokens - 1 > (long)_pool.Total * Configuration.BlockSize => AdmissionResult.TooLong,
        _ when _byId.ContainsKey(request.Id) => AdmissionResult.DuplicateId,
        _ when _waiting.Count >= Configuration.MaxWaitingRequests => AdmissionResult.QueueFull,
        _ => AdmissionResult.Accepted,
    };

    private void Enter(EngineRequest request)
    {
        bool isDecode = request.Role == InferType.Decode;
        var sequence = new Sequence(request, CompletePrefix(request)) { NeedsLoad = isDecode && request.LocalPrefillId is null };
        if (MayTakeOver(request))
        {
            TakeOver(_byId[request.LocalPrefillId!], sequence);
        }
        else
        {
            _waiting.AddLast(sequence);
        }

        _byId.Add(request.Id, sequence);
    }

    private ReadOnlyMemory<ulong> CompletePrefix(EngineRequest request)
    {
        int complete = Configuration.PrefixCacheEnabled ? request.PromptTokens / Configuration.PrefixBlockSize : 0;
        return request.ContentIds[..Math.Min(complete, request.ContentIds.Length)];
    }

    /// <summary>
    /// Whether the request decodes a prompt that was prefilled here. Its prompt may end with the prefill's first token, which has no KV yet.
    /// </summary>
    private bool MayTakeOver(EngineRequest request) => request is { Role: InferType.Decode, LocalPrefillId: { } prefillId }
        && IsAwaitingPull(prefillId) && request.PromptTokens - _byId[prefillId].Request.PromptTokens is (0 or 1);

    /// <summary>
    /// Hands the blocks of a held prefill to its decode on the same engine: no transfer is needed, and it can run in the next step.
    /// </summary>
    private void TakeOver(Sequence prefill, Sequence sequence)
    {
        SequenceBlocks.Move(prefill, sequence);
        _awaitingPull.Remove(prefill);
        End(prefill);
        sequence.Phase = SequencePhase.Loading;
        _loading.Add(sequence);
    }

    private bool TryAdmit(Sequence sequence, TimeSpan now) => sequence.NeedsLoad ? TryLoad(sequence, now) : TryPrefill(sequence);

    private bool TryLoad(Sequence sequence, TimeSpan now)
    {
        if (!LeavesRoomToGrow(sequence.Request.PromptTokens) || !_blocks.TryGrow(sequence, sequence.Request.PromptTokens))
        {
            return false;
        }

        sequence.Due = sequence.IsKvPending ? TimeSpan.MaxValue : now + LoadTime(sequence);
        sequence.Phase = SequencePhase.Loading;
        _loading.Add(sequence);
        return true;
    }

    /// <summary>
    /// Whether the running requests could still grow if a waiting request got so many tokens. Without that reserve an engine whose KV is full
    /// preempts and recomputes over and over, and does not recover.
    /// </summary>
    private bool LeavesRoomToGrow(int tokens)
    {
        int growing = Configuration.GrowthReserveBlocks == 0 ? 0 : _running.Count + _loading.Count;
        return growing == 0 || _pool.Free - _blocks.BlocksFor(tokens) >= (long)growing * Configuration.GrowthReserveBlocks;
    }

    private bool TryPrefill(Sequence sequence)
    {
        if (_budget == 0 || _running.Count >= Configuration.MaxRunningRequests)
        {
            return false;
        }

        int cached = _blocks.FindCachedPrefix(sequence);
        if (!LeavesRoomToGrow(sequence.Tokens - cached))
        {
            return false;
        }

        if (!_blocks.MayFit(sequence, cached + Math.Min(sequence.Tokens - cached, _budget)))
        {
            return false;
        }

        _blocks.AcquireCachedPrefix(sequence);
        int hit = sequence.Computed;
        int tokens = Math.Min(sequence.Uncomputed, _budget);
        if (!_blocks.TryGrow(sequence, hit + tokens))
        {
            _blocks.Release(sequence);
            return false;
        }

        CountPrefill(sequence, hit);
        sequence.Phase = SequencePhase.Prefilling;
        _running.Add(sequence);
        Schedule(sequence, tokens);
        return true;
    }
}
