using System.Globalization;
using Llumnix.Adapters.Llumlets;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Server.Rescheduling;

/// <summary>
/// The last migrations: planned ones with their answers, and pairs that were dropped. A pair that is dropped cycle after cycle is recorded once. Safe for
/// concurrent use.
/// </summary>
/// <param name="time">The clock; its wall clock dates the records.</param>
public sealed class MigrationHistory(TimeProvider time)
{
    /// <summary>How many migrations are kept.</summary>
    public const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly MigrationRecord[] _records = new MigrationRecord[Capacity];
    private HashSet<(string Policy, string Source, string Destination)> _dropped = [];
    private long _total;
    private long _changes;

    /// <summary>How many have been recorded since the start: the sequence of the next one.</summary>
    public long Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    /// <summary>The records that have changed since a number of changes, newest first.</summary>
    /// <param name="changes">The number of changes at the last call; 0 for all that are kept.</param>
    /// <returns>The number of changes now, and the records.</returns>
    public (long Changes, IReadOnlyList<MigrationRecord> Records) Since(long changes)
    {
        lock (_gate)
        {
            var changed = new List<MigrationRecord>();
            for (long sequence = _total - 1; sequence >= Math.Max(0, _total - Capacity) && changes < _changes; sequence--)
            {
                if (_records[sequence % Capacity] is { } record && record.Change > changes)
                {
                    changed.Add(record);
                }
            }

            return (_changes, changed);
        }
    }

    /// <summary>Records a plan.</summary>
    /// <returns>The sequence of the record of each pair, in their order.</returns>
    internal long[] OnPlanned(ReschedulingPlan plan)
    {
        double now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        lock (_gate)
        {
            var dropped = new HashSet<(string, string, string)>();
            var reasons = new Dictionary<(string, string, string), string>();
            foreach (PlanNote note in plan.Notes)
            {
                if (note is not { SourceId: { } source, DestinationId: { } destination })
                {
                    continue;
                }

                var key = (note.Policy, source, destination);
                if (note.IsChosen)
                {
                    reasons[key] = note.Reason;
                }
                else if (dropped.Add(key) && !_dropped.Contains(key))
                {
                    Add(new MigrationRecord(note.Policy, source, destination) { AtMs = now, Why = note.Reason, State = "dropped" });
                }
            }

            _dropped = dropped;
            return
            [
                .. plan.Pairs.Select(pair => Add(new MigrationRecord(pair.Policy, pair.Source.InstanceId, pair.Destination.InstanceId)
                {
                    AtMs = now,
                    Why = reasons.GetValueOrDefault((pair.Policy, pair.Source.InstanceId, pair.Destination.InstanceId)) ?? "",
                    State = "planned",
                    Selection = Describe(pair.Selection),
                })),
            ];
        }
    }

    /// <summary>Completes the record of a pair.</summary>
    /// <param name="sequence">The record.</param>
    /// <param name="result">What became of it.</param>
    internal void OnAnswered(long sequence, MigrationResult result)
    {
        double now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        lock (_gate)
        {
            if (_records[sequence % Capacity] is { } record && record.Sequence == sequence)
            {
                _records[sequence % Capacity] = record with
                {
                    Change = ++_changes,
                    State = MigrationOutcomes.NameOf(result.Outcome),
                    Answer = MigrationLog.Shorten(result.Message),
                    DurationMs = MigrationOutcomes.IsAsked(result.Outcome) ? now - record.AtMs : null,
                };
            }
        }
    }

    private static string Describe(RequestSelection selection)
    {
        string amount = selection.Value < 0 ? "all" : selection.Value.ToString(CultureInfo.InvariantCulture);
        string unit = selection.Rule switch
        {
            RequestSelectRule.Tokens => selection.Value == 1 ? "token" : "tokens",
            RequestSelectRule.CacheRatio => "of the KV cache",
            _ => selection.Value == 1 ? "request" : "requests",
        };
        string order = selection.Order switch
        {
            RequestSelectOrder.LastComeRunning => "last come first",
            RequestSelectOrder.FirstComeRunning => "first come first",
            RequestSelectOrder.LongestRunning => "longest first",
            RequestSelectOrder.ShortestRunning => "shortest first",
            RequestSelectOrder.FirstComeWaiting => "first waiting first",
            _ => "first waiting first, then shortest running",
        };
        return $"{amount} {unit}, {order}";
    }

    private long Add(MigrationRecord record)
    {
        _records[_total % Capacity] = record with { Sequence = _total, Change = ++_changes };
        return _total++;
    }
}
