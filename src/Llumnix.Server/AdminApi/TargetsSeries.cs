using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi;

/// <summary>What happened to requests over the last minutes, in intervals, from the decisions as they are recorded. Not thread-safe.</summary>
/// <param name="history">The decisions.</param>
/// <param name="ttftTargetMs">The TTFT target; null without one.</param>
/// <param name="tpotTargetMs">The TPOT target; null without one.</param>
internal sealed class TargetsSeries(DecisionHistory history, double? ttftTargetMs, double? tpotTargetMs)
{
    private const int IntervalMs = 5000;
    private const int MaxIntervals = 180;
    private readonly Queue<TargetsInterval> _ended = [];
    private readonly DecisionRecord[] _decisions = new DecisionRecord[256];
    private readonly FirstToken[] _tokens = new FirstToken[256];
    private readonly DurationSamples _observedTtft = new(ttftTargetMs);
    private readonly DurationSamples _predictedTtft = new(ttftTargetMs);
    private readonly DurationSamples _predictedTpot = new(tpotTargetMs);
    private readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private long _nextDecision;
    private long _nextToken;
    private long _startMs;
    private long _requests;
    private long _placed;
    private long _held;
    private long _retries;

    /// <summary>The present interval.</summary>
    internal TargetsInterval Current => new(
        _startMs,
        _requests,
        _placed,
        _held,
        new SortedDictionary<string, long>(_refused),
        _retries,
        _observedTtft.Attainment ?? _predictedTtft.Attainment,
        _predictedTpot.Attainment,
        _observedTtft.ToPercentiles(),
        _predictedTtft.ToPercentiles(),
        _predictedTpot.ToPercentiles());

    /// <summary>All intervals.</summary>
    internal TargetsAnswer ToAnswer() => new(ttftTargetMs, tpotTargetMs, IntervalMs, [.. _ended, Current]);

    /// <summary>The intervals from one on; the last one is the present one.</summary>
    /// <param name="startMs">The start of that one.</param>
    internal IEnumerable<TargetsInterval> From(long startMs) => [.. _ended.Where(interval => interval.StartMs >= startMs), Current];

    /// <summary>Takes over what has been recorded since the last call. Without a call for longer than the history reaches back, what is between is not counted.</summary>
    /// <param name="nowMs">The moment, milliseconds of the scheduler's clock.</param>
    internal void Collect(double nowMs)
    {
        int count;
        do
        {
            count = history.Copy(_nextDecision, _decisions);
            foreach (ref readonly DecisionRecord decision in _decisions.AsSpan(0, count))
            {
                _nextDecision = decision.Sequence + 1;
                BeginInterval(decision.TimeMs);
                Count(in decision);
            }
        }
        while (count > 0);

        BeginInterval(nowMs);
        while ((count = history.CopyFirstTokens(ref _nextToken, _tokens)) > 0)
        {
            foreach (FirstToken token in _tokens.AsSpan(0, count))
            {
                _observedTtft.Add(token.TtftMs);
            }
        }
    }

    private void Count(in DecisionRecord decision)
    {
        if (double.IsFinite(decision.PredictedTtftMs))
        {
            _predictedTtft.Add(decision.PredictedTtftMs);
        }

        if (double.IsFinite(decision.PredictedTpotMs))
        {
            _predictedTpot.Add(decision.PredictedTpotMs);
        }

        if (decision is { Mode: SchedulingMode.PdBatch, Role: InferType.Decode })
        {
            // The prefill's record stands for the pair.
            return;
        }

        _requests++;
        _retries += decision.IsRetry ? 1 : 0;
        switch (decision.Outcome)
        {
            case ScheduleOutcome.Placed:
                _placed++;
                break;
            case ScheduleOutcome.Deferred:
                _held++;
                break;
            default:
                string name = ExplanationWriter.NameOf(decision.Outcome);
                _refused[name] = _refused.GetValueOrDefault(name) + 1;
                break;
        }
    }

    private void BeginInterval(double timeMs)
    {
        long start = (long)(timeMs / IntervalMs) * IntervalMs;
        if (start <= _startMs)
        {
            return;
        }

        if (_startMs > 0)
        {
            _ended.Enqueue(Current);
            if (_ended.Count == MaxIntervals)
            {
                _ended.Dequeue();
            }
        }

        _startMs = start;
        _requests = _placed = _held = _retries = 0;
        _refused.Clear();
        _observedTtft.Clear();
        _predictedTtft.Clear();
        _predictedTpot.Clear();
    }
}
