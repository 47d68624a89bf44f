using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.FullMode;

/// <summary>
/// Follows placed requests until their latencies are known, and tells them to the calibration. A prefill ends with its release, which gateways send at the
/// first token; any other first token is one that a gateway reports. The time per output token is that between two reports, or of the steps that a decode
/// was there for. Guarded by the scheduler's lock; steady traffic allocates nothing.
/// </summary>
/// <param name="calibration">Receives the latencies.</param>
/// <param name="capacity">Largest number of requests; a further one replaces the oldest.</param>
internal sealed class OpenPredictions(FleetCalibration calibration, int capacity = 1 << 14)
{
    /// <summary>A time per output token is a mean over so many tokens at least.</summary>
    private const double LeastTokens = 8;

    private readonly EntryPool<OpenPrediction> _entries = new();
    private readonly TextIndex _byRequest = new();
    private readonly IndexLinks _byAge = new();
    private IndexList _age;

    /// <summary>Number of requests that are followed, counted once per role.</summary>
    internal int Count => _entries.Count;

    /// <summary>Follows a placement.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="instance">Its instance.</param>
    /// <param name="role">Its role there.</param>
    /// <param name="ttftMs">The predicted time to first token from the placement on; null for a decode.</param>
    /// <param name="tpotMs">The predicted time per output token; null for a prefill.</param>
    /// <param name="nowMs">Milliseconds of the scheduler's clock.</param>
    internal void Add(string requestId, FullModeInstance instance, InferType role, double? ttftMs, double? tpotMs, double nowMs)
    {
        if (instance.Calibration is not { } known)
        {
            return;
        }

        Remove(requestId, role);
        if (Count >= capacity)
        {
            Remove(_age.First);
        }

        int index = _entries.Allocate();
        _entries[index] = new OpenPrediction
        {
            RequestId = requestId,
            Instance = instance,
            Role = role,
            PlacedMs = nowMs,
            Ttft = new PredictedLatency(ttftMs ?? 0, instance.LatencyFactors.Prefill),
            Tpot = new PredictedLatency(tpotMs ?? 0, instance.LatencyFactors.Decode),
            DecodingSteps = known.Steps.DecodingSteps,
            DecodingMs = known.Steps.DecodingMs,
        };
        _byRequest.Add(requestId, index);
        _byAge.AddLast(ref _age, index);
    }

    /// <summary>Takes a release of a request: its placement in the role, or in all roles when none is given. The host must be normalized.</summary>
    internal void Release(string requestId, in ReleasedInstance instance, double nowMs)
    {
        int next;
        for (int index = _byRequest.First(requestId); index != 0; index = next)
        {
            next = _byRequest.Next(index);
            OpenPrediction entry = _entries[index];
            if ((instance.Role is null || entry.Role == instance.Role) && instance.Names(entry.Instance))
            {
                Remove(index);
                End(in entry, nowMs);
            }
        }
    }

    /// <summary>Takes how far requests are; rows of unknown requests change nothing.</summary>
    internal void Report(RequestProgressBatch progress, int from, int count, double nowMs)
    {
        for (int row = from; row < from + count; row++)
        {
            for (int index = _byRequest.First(progress.RequestId(row)); index != 0; index = _byRequest.Next(index))
            {
                ref OpenPrediction entry = ref _entries[index];
                if (progress.InstanceId(row).SequenceEqual(entry.Instance.Address.WireId))
                {
                    Report(ref entry, progress.Tokens(row), progress.IsPrefillDone(row), nowMs);
                }
            }
        }
    }

    private void Report(ref OpenPrediction entry, long tokens, bool isPrefillDone, double nowMs)
    {
        if (!isPrefillDone || entry.Role == InferType.Prefill)
        {
            return;
        }

        if (!entry.HasFirstToken)
        {
            entry.HasFirstToken = true;
            if (entry.Role == InferType.Neutral)
            {
                calibration.TakeTtft(entry.Instance, in entry.Ttft, nowMs - entry.PlacedMs, nowMs);
            }
        }

        // A report of the first token alone may come without the number of tokens.
        if (tokens > entry.LastReportTokens)
        {
            (entry.FirstReportMs, entry.FirstReportTokens) = entry.FirstReportMs > 0 ? (entry.FirstReportMs, entry.FirstReportTokens) : (nowMs, tokens);
            (entry.LastReportMs, entry.LastReportTokens) = (nowMs, tokens);
        }
    }

    private void End(in OpenPrediction entry, double nowMs)
    {
        if (entry.Role == InferType.Prefill)
        {
            calibration.TakeTtft(entry.Instance, in entry.Ttft, nowMs - entry.PlacedMs, nowMs);
            return;
        }

        double tokens = entry.LastReportTokens - entry.FirstReportTokens;
        double ms = entry.LastReportMs - entry.FirstReportMs;
        if (tokens < LeastTokens && entry.Role == InferType.Decode && entry.Instance.Calibration is { } known)
        {
            tokens = known.Steps.DecodingSteps - entry.DecodingSteps;
            ms = known.Steps.DecodingMs - entry.DecodingMs;
        }

        if (tokens >= LeastTokens)
        {
            calibration.TakeTpot(entry.Instance, in entry.Tpot, ms / tokens, nowMs);
        }
    }

    private void Remove(string requestId, InferType role)
    {
        int next;
        for (int index = _byRequest.First(requestId); index != 0; index = next)
        {
            next = _byRequest.Next(index);
            if (_entries[index].Role == role)
            {
                Remove(index);
            }
        }
    }

    private void Remove(int index)
    {
        _byRequest.Remove(_entries[index].RequestId, index);
        _byAge.Remove(ref _age, index);
        _entries.Recycle(index);
    }
}
