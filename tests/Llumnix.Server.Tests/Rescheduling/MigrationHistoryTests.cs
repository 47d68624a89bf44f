using Llumnix.Adapters.Llumlets;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Server.Rescheduling;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Rescheduling;

public sealed class MigrationHistoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly MigrationHistory _history;

    public MigrationHistoryTests() => _history = new MigrationHistory(_time);

    [Fact]
    public void PlannedAndAnswered_TheRecordTellsWhyAndWhatCameOfIt()
    {
        MigrationPair pair = Pair("a", "b");
        long[] recorded = _history.OnPlanned(new ReschedulingPlan([pair], [new PlanNote("decode_load", "a", "b", IsChosen: true, "5 above 1")]));
        (long changes, IReadOnlyList<MigrationRecord> records) = _history.Since(0);
        MigrationRecord planned = Assert.Single(records);
        Assert.Equal(("planned", "5 above 1", "1 request, first come first", null), (planned.State, planned.Why, planned.Selection, planned.DurationMs));
        _time.Advance(TimeSpan.FromMilliseconds(250));
        _history.OnAnswered(recorded[0], new MigrationResult(pair, MigrationOutcome.Refused, "no free slot"));
        (_, records) = _history.Since(changes);
        MigrationRecord answered = Assert.Single(records);
        Assert.Equal((planned.Sequence, "refused", "no free slot", 250.0), (answered.Sequence, answered.State, answered.Answer, answered.DurationMs));
        Assert.Equal(1, _history.Total);
    }

    [Fact]
    public void DroppedCycleAfterCycle_IsRecordedOnceUntilItIsNotDroppedForACycle()
    {
        var dropped = new ReschedulingPlan([], [new PlanNote("decode_load", "a", "b", IsChosen: false, "the destination rests"), new PlanNote("decode_load", null, null, false, "no pair")]);
        _history.OnPlanned(dropped);
        _history.OnPlanned(dropped);
        Assert.Equal(["dropped"], _history.Since(0).Records.Select(record => record.State));
        _history.OnPlanned(new ReschedulingPlan([], []));
        _history.OnPlanned(dropped);
        Assert.Equal(2, _history.Total);
    }

    [Fact]
    public void NotAsked_HasNoDuration()
    {
        MigrationPair pair = Pair("a", "b");
        long[] recorded = _history.OnPlanned(new ReschedulingPlan([pair], []));
        _history.OnAnswered(recorded[0], new MigrationResult(pair, MigrationOutcome.BackingOff, "left alone"));
        Assert.Equal(("backing_off", null), _history.Since(0).Records.Select(record => (record.State, record.DurationMs)).Single());
    }

    [Fact]
    public void MoreThanAreKept_TheOldestGo_AndTheirAnswersChangeNothing()
    {
        MigrationPair pair = Pair("a", "b");
        long[] first = _history.OnPlanned(new ReschedulingPlan([pair], []));
        for (int i = 0; i < MigrationHistory.Capacity; i++)
        {
            _history.OnPlanned(new ReschedulingPlan([pair], []));
        }

        _history.OnAnswered(first[0], new MigrationResult(pair, MigrationOutcome.Migrated, ""));
        IReadOnlyList<MigrationRecord> kept = _history.Since(0).Records;
        Assert.Equal((MigrationHistory.Capacity, MigrationHistory.Capacity, 1), (kept.Count, kept[0].Sequence, kept[^1].Sequence));
        Assert.All(kept, record => Assert.Equal("planned", record.State));
    }

    private static MigrationPair Pair(string source, string destination) => new("decode_load", Metadata(source), Metadata(destination), RequestSelection.Oldest);

    private static InstanceMetadata Metadata(string id) => new() { InstanceId = id, InferType = InferType.Decode, Ip = "10.0.0.1", ApiServerPort = 8000 };
}
