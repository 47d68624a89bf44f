using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Selectors;
using Llumnix.Testing;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Pipeline;

public sealed class DecisionScopeTests
{
    /// <summary>However many stages ask for memory, none is given another's.</summary>
    [Fact]
    public void TakeSlots_ManyTimes_NobodyGetsTheSameMemory()
    {
        (DecisionScope<FullModeInstance> scope, _) = Make(new TakesSlots(0));
        for (int mark = 1; mark <= 20; mark++)
        {
            Span<int> first = scope.TakeSlots();
            first.Fill(mark);
            scope.TakeSlots().Fill(-1);
            Assert.Equal([mark, mark, mark], first.ToArray());
        }
    }

    /// <summary>Nine spans are more than there was room for at first; from the second decision on there is.</summary>
    [Fact]
    public void Choose_SelectorTakesManySlots_AllocatesNothingInSteadyState()
    {
        (DecisionScope<FullModeInstance> scope, SchedulingPolicy<FullModeInstance> policy) = Make(new TakesSlots(9));
        for (int i = 0; i < 3; i++)
        {
            scope.Choose(policy, InferType.Neutral, [0, 1, 2], new RequestFacts(100));
        }

        Selection selection = default;
        Assert.Equal(0, Allocations.Of(() => selection = scope.Choose(policy, InferType.Neutral, [0, 1, 2], new RequestFacts(100))));
        Assert.Equal(0, selection.Slot);
    }

    private static (DecisionScope<FullModeInstance> Scope, SchedulingPolicy<FullModeInstance> Policy) Make(Choice<FullModeInstance> row)
    {
        var view = new ClusterView<FullModeInstance>([.. new[] { "a", "b", "c" }.Select(id => new FullModeInstance(Readings.Of(id).Metadata, Readings.Of(id).Status))]);
        view.AssignSlots();
        RolePolicy<FullModeInstance> role = new([], [], new ChoiceTable<FullModeInstance>(row));
        return (
            new DecisionScope<FullModeInstance>(view, new MetricTable<FullModeInstance>([], view.Count), new Random(1)),
            new SchedulingPolicy<FullModeInstance>("test", role, role, role));
    }

    private sealed class TakesSlots(int times) : Choice<FullModeInstance>
    {
        public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
        {
            for (int i = 0; i < times; i++)
            {
                scope.TakeSlots().Clear();
            }

            selection = Selection.At(candidates[0]);
            return true;
        }
    }
}
