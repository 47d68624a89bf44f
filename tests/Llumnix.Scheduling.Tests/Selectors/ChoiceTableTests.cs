using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class ChoiceTableTests
{
    [Fact]
    public void Select_FirstRowThatDecides_HasDecided()
    {
        var last = new Row(true, Selection.At(2));
        Assert.Equal(Selection.At(1), Select(new Row(false, Selection.At(0)), new Row(true, Selection.At(1)), last));
        Assert.Equal(0, last.Asked);
    }

    [Fact]
    public void Select_RowDecidesForNone_NoLaterRowIsAsked() =>
        Assert.True(Select(new Row(true, Selection.None), new Row(true, Selection.At(1))).IsNone);

    [Fact]
    public void Select_NoRowDecides_IsNone() => Assert.True(Select(new Row(false, Selection.At(1))).IsNone);

    [Fact]
    public void Metrics_OfAllRows_EachOnce() => Assert.Equal(
        [new WaitingRequests()],
        new ChoiceTable<FullModeInstance>(new Row(true, default), new Row(true, default)).Metrics);

    private static Selection Select(params Row[] rows)
    {
        var view = ClusterView<FullModeInstance>.Empty;
        var scope = new DecisionScope<FullModeInstance>(view, new MetricTable<FullModeInstance>([], 0), new Random(1));
        return new ChoiceTable<FullModeInstance>(rows).Select([0, 1, 2], scope);
    }

    private sealed class Row(bool decides, Selection decision) : Choice<FullModeInstance>
    {
        public int Asked { get; private set; }

        public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics => [new WaitingRequests()];

        public override bool TryChoose(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope, out Selection selection)
        {
            Asked++;
            selection = decision;
            return decides;
        }
    }
}
