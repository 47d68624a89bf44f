using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Selectors;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests.Pipeline;

/// <summary>What a policy's state is told, and when.</summary>
public sealed class PolicyStateTests
{
    private readonly Recorder _state = new([]);
    private readonly FullModeScheduler _scheduler;

    public PolicyStateTests()
    {
        RolePolicy<FullModeInstance> role = new([], [], new ChoiceTable<FullModeInstance>(new LastSlot()));
        _scheduler = new FullModeScheduler(
            new SchedulingPolicy<FullModeInstance>("test", role, role, role) { State = _state, IgnoresInferTypes = true },
            new FullModeOptions(),
            new FakeTimeProvider(),
            new Random(1));
        _scheduler.SetStoreAvailable(true);
    }

    [Fact]
    public void Synchronize_MembersChange_OldSlotsAreTold()
    {
        _scheduler.Synchronize([Readings.Of("b")]);
        _scheduler.Synchronize([Readings.Of("b"), Readings.Of("a")]);
        _scheduler.Synchronize([Readings.Of("b"), Readings.Of("a", metadata: m => m with { UtcCreate = 2 })]);
        _scheduler.Synchronize([Readings.Of("b")]);
        Assert.Equal(["members b:-1", "members a:-1 b:0", "members a:-1 b:1", "members b:1"], _state.Calls);
    }

    [Fact]
    public void Schedule_Pair_IsPreparedBeforeEachChoiceAndToldAfterBoth()
    {
        _scheduler.Synchronize([Readings.Of("a"), Readings.Of("b")]);
        _state.Calls.Clear();
        _scheduler.Schedule(new PlacementRequest("r", SchedulingMode.PdBatch, default, 100), out _);
        Assert.Equal(["prepare Prefill 0 1", "prepare Decode 0 1", "placed Prefill b late, in flight 1", "placed Decode b late, in flight 1"], _state.Calls);
    }

    [Fact]
    public void Synchronize_StatusNamesADecode_IsAcknowledged()
    {
        _scheduler.Synchronize([Readings.Of("a")]);
        _scheduler.Schedule(new PlacementRequest("r", SchedulingMode.PdBatch, default, 100), out _);
        _state.Calls.Clear();
        _scheduler.Synchronize([Readings.Of("a").Later(status: s => s with { RecentWaitingRequests = ["r"] })]);
        _scheduler.Synchronize([Readings.Of("a").Later().Later()]);
        Assert.Equal(["acknowledged a 1", "acknowledged a 0"], _state.Calls);
    }

    [Fact]
    public void Explain_AnyRequest_PreparesACopyOnly()
    {
        _scheduler.Synchronize([Readings.Of("a")]);
        _state.Calls.Clear();
        _scheduler.Explain(new PlacementRequest("r", SchedulingMode.PdBatch, default, 100));
        Assert.Equal(["copy"], _state.Calls);
        Assert.Equal(["prepare Prefill 0", "prepare Decode 0"], _state.Copied!.Calls);
    }

    [Fact]
    public void CaptureForRescheduling_State_GivesTheFacts()
    {
        _scheduler.Synchronize([Readings.Of("a"), Readings.Of("b", status: s => s with { Schedulable = false })]);
        Assert.Equal(new Healthy("0"), _scheduler.CaptureForRescheduling().Facts);
    }

    /// <summary>Selects the last candidate, as one that is late.</summary>
    private sealed class LastSlot : Choice<FullModeInstance>
    {
        public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
        {
            Assert.IsType<Recorder>(scope.State<Recorder>());
            selection = Selection.Late(candidates[^1]);
            return true;
        }
    }

    private sealed record Healthy(string Slots) : PolicyFacts;

    private sealed class Recorder(List<string> calls) : PolicyState<FullModeInstance>
    {
        public List<string> Calls => calls;

        public Recorder? Copied { get; private set; }

        public override void OnMembersChanged(ReadOnlySpan<FullModeInstance> members, double nowMs) =>
            calls.Add($"members {string.Join(' ', members.ToArray().Select(member => $"{member.Id}:{member.Slot}"))}");

        public override void OnAcknowledged(FullModeInstance instance, long decodes, double nowMs) => calls.Add($"acknowledged {instance.Id} {decodes}");

        public override void PrepareDecision(InferType role, ReadOnlySpan<int> healthy, ReadOnlySpan<FullModeInstance> instances) =>
            calls.Add($"prepare {role} {Text(healthy)}");

        public override void OnPlaced(FullModeInstance instance, InferType role, in RequestFacts request, bool isLate) =>
            calls.Add($"placed {role} {instance.Id} {(isLate ? "late" : "in time")}, in flight {instance.Dispatched.Requests}");

        public override PolicyFacts CaptureForPlan(ReadOnlySpan<int> healthy, ReadOnlySpan<FullModeInstance> instances) => new Healthy(Text(healthy));

        public override PolicyState<FullModeInstance> Copy()
        {
            calls.Add("copy");
            return Copied = new Recorder([]);
        }

        private static string Text(ReadOnlySpan<int> slots) => string.Join(' ', slots.ToArray());
    }
}
