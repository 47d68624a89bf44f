using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Instances;

public sealed class ClusterViewTests
{
    [Fact]
    public void Slots_AnyOrder_ByInferTypeThenById()
    {
        ClusterView<FullModeInstance> view = View(("z", InferType.Neutral), ("d", InferType.Decode), ("b", InferType.Neutral), ("c", InferType.Decode));
        Assert.Equal(["b", "z", "c", "d"], view.Instances.ToArray().Select(instance => instance.Id));
        Assert.Equal((0, 2), view.SlotsOf(InferType.Neutral));
        Assert.Equal((2, 2), view.SlotsOf(InferType.Prefill));
        Assert.Equal((2, 4), view.SlotsOf(InferType.Decode));
        Assert.True(view.IsAny(InferType.Decode));
        Assert.False(view.IsAny(InferType.Prefill));
    }

    [Fact]
    public void AssignSlots_Instances_KnowTheirPlace()
    {
        ClusterView<FullModeInstance> view = View(("b", InferType.Neutral), ("a", InferType.Neutral));
        Assert.All(view.Instances.ToArray(), static instance => Assert.Equal(-1, instance.Slot));
        view.AssignSlots();
        Assert.Equal([0, 1], view.Instances.ToArray().Select(instance => instance.Slot));
    }

    [Fact]
    public void Constructor_InferTypesThatWillBe_DecideTheOrder()
    {
        FullModeInstance[] instances = [.. new[] { "a", "b" }.Select(id => Make(id, InferType.Neutral))];
        var view = new ClusterView<FullModeInstance>(instances, instance => instance.Id == "a" ? InferType.Decode : InferType.Prefill);
        Assert.Equal(["b", "a"], view.Instances.ToArray().Select(instance => instance.Id));
        Assert.Equal((0, 1), view.SlotsOf(InferType.Prefill));
    }

    private static ClusterView<FullModeInstance> View(params (string Id, InferType Type)[] fleet) => new([.. fleet.Select(i => Make(i.Id, i.Type))]);

    private static FullModeInstance Make(string id, InferType type)
    {
        InstanceReading reading = Readings.Of(id, type);
        return new FullModeInstance(reading.Metadata, reading.Status);
    }
}
