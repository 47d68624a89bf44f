using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.GoldenDecisions.Tests;

/// <summary>Boils a sequence of decisions down to one hash per hundred of them, and a sequence of rescheduling plans likewise.</summary>
internal sealed class DecisionHashes
{
    private const int DecisionsPerHash = 100;
    private readonly XxHash64 _decisionHash = new();
    private readonly XxHash64 _planHash = new();
    private readonly List<string> _lines = [];
    private readonly SortedDictionary<ScheduleOutcome, int> _outcomes = [];
    private int _decisions;
    private int _plans;
    private int _pairs;

    /// <summary>Number of decisions so far.</summary>
    public int Decisions => _decisions;

    /// <summary>Number of migrations that were planned so far.</summary>
    public int PlannedMigrations => _pairs;

    /// <summary>Adds a decision.</summary>
    public void Add(string requestId, ScheduleOutcome outcome, in Placement placement)
    {
        _outcomes[outcome] = _outcomes.GetValueOrDefault(outcome) + 1;
        string text = outcome == ScheduleOutcome.Placed
            ? $"{requestId} {Text(placement.First)} {(placement.Second is { } second ? Text(second) : "")}\n"
            : $"{requestId} {NameOf(outcome)}\n";
        _decisionHash.Append(Encoding.UTF8.GetBytes(text));
        if (++_decisions % DecisionsPerHash == 0)
        {
            _lines.Add(Take(_decisionHash));
        }
    }

    /// <summary>Adds the plan of a rescheduling cycle.</summary>
    public void Add(ReschedulingPlan plan)
    {
        foreach (MigrationPair pair in plan.Pairs)
        {
            string text = string.Create(
                CultureInfo.InvariantCulture,
                $"{_plans} {pair.Policy} {pair.Source.InstanceId} {pair.Destination.InstanceId} {pair.Selection.Rule} {pair.Selection.Order} {pair.Selection.Value}\n");
            _planHash.Append(Encoding.UTF8.GetBytes(text));
            _pairs++;
        }

        _plans++;
    }

    /// <summary>The lines to be kept: the hashes, and a last line that tells how much they stand for.</summary>
    public IReadOnlyList<string> Lines()
    {
        string outcomes = string.Join(", ", _outcomes.Select(static pair => $"{pair.Value} {NameOf(pair.Key)}"));
        string plans = _plans == 0 ? "" : $"; {_pairs} migrations in {_plans} plans: {Text(_planHash)}";
        return [.. _lines, $"{_decisions} decisions ({outcomes}): {Text(_decisionHash)}{plans}"];
    }

    private static string Text(in PlacedInstance placed) => $"{placed.Role}@{placed.Instance.InstanceId}";

    private static string Take(XxHash64 hash)
    {
        string text = Text(hash);
        hash.Reset();
        return text;
    }

    private static string Text(XxHash64 hash) => hash.GetCurrentHashAsUInt64().ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The outcome as the kept files name it: they are older than the word "deferred".</summary>
    private static string NameOf(ScheduleOutcome outcome) => outcome == ScheduleOutcome.Deferred ? "Held" : outcome.ToString();
}
