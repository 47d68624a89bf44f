using System.Runtime.InteropServices;
using Llumnix.Cli.Reports;

namespace Llumnix.Cli.Load;

/// <summary>Counts the outcomes of a load's requests. Thread-safe; its size does not grow with the number of requests.</summary>
internal sealed class LoadStatistics
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly LatencyHistogram _ttft = new();
    private readonly LatencyHistogram _tpot = new();
    private readonly LatencyHistogram _endToEnd = new();
    private readonly LatencyWindow _recentTtft = new();
    private readonly LatencyWindow _recentTpot = new();
    private readonly Dictionary<FailureKind, int> _failures = [];
    private readonly LatencyWindow _recentSent = new();
    private readonly LatencyHistogram _lateness = new();
    private readonly LoadPartStatistics[] _parts = [.. Enumerable.Range(0, Parts).Select(static _ => new LoadPartStatistics())];
    private long _start;
    private TimeSpan _end;
    private int _sent;
    private int _completed;
    private int _cutOff;
    private int _cutOffBeforeFirstToken;
    private int _attained;
    private long _outputTokens;

    /// <summary>Number of equal parts of the arrivals that are counted by themselves: how much these differ tells how much chance decides.</summary>
    public const int Parts = 6;

    /// <summary>Makes the statistics of a load that starts now.</summary>
    public LoadStatistics(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>The targets of completed requests; null for none.</summary>
    public LatencyTargets? Targets { get; init; }

    /// <summary>Length of the arrivals, for the parts of the load; null: there are none.</summary>
    public TimeSpan? Duration { get; init; }

    private TimeSpan Elapsed => _time.GetElapsedTime(_start);

    /// <summary>Sets the start of the load to now.</summary>
    public void OnStarted()
    {
        lock (_lock)
        {
            _start = _time.GetTimestamp();
        }
    }

    /// <summary>Counts a request that is sent now; its age is how late that is.</summary>
    public void OnSent(RequestTimeline timeline)
    {
        TimeSpan lateness = timeline.Age;
        lock (_lock)
        {
            _sent++;
            _recentSent.Record(Elapsed, lateness);
            _lateness.Record(lateness);
            if (PartOf(timeline) is { } part)
            {
                part.Sent++;
            }
        }
    }

    /// <summary>Records a first token.</summary>
    public void OnFirstToken(RequestTimeline timeline)
    {
        lock (_lock)
        {
            RecordTtft(timeline, timeline.Ttft);
        }
    }

    /// <summary>Counts a request that got all its tokens.</summary>
    public void OnCompleted(RequestTimeline timeline)
    {
        lock (_lock)
        {
            int attained = Targets?.AreMetBy(timeline) == true ? 1 : 0;
            _completed++;
            _attained += attained;
            _outputTokens += timeline.Tokens;
            _endToEnd.Record(timeline.EndToEnd);
            _end = Elapsed;
            if (timeline.Tpot is { } tpot)
            {
                _tpot.Record(tpot);
                _recentTpot.Record(_end, tpot);
            }

            if (PartOf(timeline) is { } part)
            {
                part.Completed++;
                part.Attained += attained;
                part.EndToEnd.Record(timeline.EndToEnd);
                if (timeline.Tpot is { } partTpot)
                {
                    part.Tpot.Record(partTpot);
                }
            }
        }
    }

    /// <summary>Counts a failed request.</summary>
    public void OnFailed(FailureKind kind)
    {
        lock (_lock)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_failures, kind, out _)++;
            _end = Elapsed;
        }
    }

    /// <summary>Counts a request that was open at the end; without a first token, its age is a lower bound of its TTFT.</summary>
    public void OnCutOff(RequestTimeline timeline)
    {
        lock (_lock)
        {
            _cutOff++;
            _end = Elapsed;
            if (timeline.Tokens == 0)
            {
                _cutOffBeforeFirstToken++;
                RecordTtft(timeline, timeline.Age);
            }
        }
    }

    /// <summary>The load at this moment.</summary>
    public LoadSnapshot Snapshot()
    {
        lock (_lock)
        {
            TimeSpan now = Elapsed;
            int failed = _failures.Values.Sum();
            double window = Math.Max(1, LatencyWindow.CoveredAt(now).TotalSeconds);
            return new(
                now,
                _sent,
                _sent - _completed - failed - _cutOff,
                failed,
                _recentSent.Summarize(now).Count / window,
                _recentTtft.Summarize(now),
                _recentTpot.Summarize(now));
        }
    }

    /// <summary>The totals so far.</summary>
    public LoadResult ToResult()
    {
        lock (_lock)
        {
            return new()
            {
                Elapsed = _end,
                Sent = _sent,
                Completed = _completed,
                Attained = Targets is null ? null : _attained,
                Failures = new Dictionary<FailureKind, int>(_failures),
                CutOff = _cutOff,
                CutOffBeforeFirstToken = _cutOffBeforeFirstToken,
                OutputTokens = _outputTokens,
                Ttft = _ttft.Summarize(),
                Tpot = _tpot.Summarize(),
                EndToEnd = _endToEnd.Summarize(),
                Lateness = _lateness.Summarize(),
                Parts = Duration is null ? [] : [.. _parts.Select(static part => part.ToPart())],
            };
        }
    }

    /// <summary>How the latencies so far are distributed, among all requests sent.</summary>
    public (LatencyDistribution Ttft, LatencyDistribution Tpot, LatencyDistribution EndToEnd) Distributions()
    {
        lock (_lock)
        {
            return (Of(_ttft), Of(_tpot), Of(_endToEnd));
        }

        LatencyDistribution Of(LatencyHistogram latencies) =>
            LatencyDistribution.Of(quantile => latencies.Quantile(quantile).TotalMilliseconds, latencies.Count, _sent);
    }

    private LoadPartStatistics? PartOf(RequestTimeline timeline) => Duration is { } duration && duration > TimeSpan.Zero
        ? _parts[(int)Math.Clamp(_time.GetElapsedTime(_start, timeline.Due) / duration * Parts, 0, Parts - 1)]
        : null;

    private void RecordTtft(RequestTimeline timeline, TimeSpan ttft)
    {
        _ttft.Record(ttft);
        PartOf(timeline)?.Ttft.Record(ttft);
        _recentTtft.Record(Elapsed, ttft);
    }
}
