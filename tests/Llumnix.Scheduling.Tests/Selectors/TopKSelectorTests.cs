using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class TopKSelectorTests
{
    private sealed record Fixed(Func<InstanceStatus, double> Value, bool IsHigher) : LoadMetric<FullModeInstance>
    {
        public override string Name => "fixed";

        public override bool IsHigherBetter => IsHigher;

        public override double Evaluate(FullModeInstance instance) => Value(instance.Status);
    }

    /// <summary>Over random fleets: the pick is among the K best of a sort by (first, second), and every one of them gets picked.</summary>
    [Fact]
    public void Select_RandomFleets_ExactlyTheKBestOfASort()
    {
        var random = new Random(5);
        for (int round = 0; round < 60; round++)
        {
            int count = 1 + random.Next(40);
            int k = 1 + random.Next(6);
            FullModeInstance[] fleet = [.. Enumerable.Range(0, count).Select(i => Make($"i{i:00}", random.Next(3), random.Next(3)))];
            var first = new Fixed(s => s.WaitingRequestCount, false);
            var second = new Fixed(s => s.RunningRequestCount, true);
            var selector = new TopKSelector<FullModeInstance>([first, second], k);
            HashSet<int> picked = PickOften(selector, fleet, random);

            var sorted = fleet.OrderBy(i => i.Status.WaitingRequestCount).ThenByDescending(i => i.Status.RunningRequestCount).ToList();
            FullModeInstance worst = sorted[Math.Min(k, count) - 1];
            HashSet<int> expected = [.. fleet.Where(i => IsNotWorse(i, worst)).Select(i => i.Slot)];
            Assert.Equal(expected.Order(), picked.Order());
        }
    }

    private static bool IsNotWorse(FullModeInstance a, FullModeInstance b) =>
        (a.Status.WaitingRequestCount, -a.Status.RunningRequestCount)
            .CompareTo((b.Status.WaitingRequestCount, -b.Status.RunningRequestCount)) <= 0;

    private static HashSet<int> PickOften(TopKSelector<FullModeInstance> selector, FullModeInstance[] fleet, Random random)
    {
        var view = new ClusterView<FullModeInstance>(fleet);
        view.AssignSlots();
        var table = new MetricTable<FullModeInstance>(selector.Metrics, view.Count);
        foreach (FullModeInstance instance in view.Instances)
        {
            table.Refresh(instance);
        }

        var scope = new DecisionScope<FullModeInstance>(view, table, random);
        int[] slots = [.. Enumerable.Range(0, fleet.Length)];
        return [.. Enumerable.Range(0, 600).Select(_ => selector.Select(slots, scope).Slot)];
    }

    private static FullModeInstance Make(string id, int waiting, int running)
    {
        InstanceReading reading = Readings.Of(id, status: s => s with { WaitingRequestCount = waiting, RunningRequestCount = running });
        return new FullModeInstance(reading.Metadata, reading.Status);
    }
}
