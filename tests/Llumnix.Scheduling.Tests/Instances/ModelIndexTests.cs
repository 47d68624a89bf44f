using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Tests.Instances;

/// <summary>Slots: 0 serves model x, 1 model y, 2 any model; 3 is a decode instance of model x.</summary>
public sealed class ModelIndexTests
{
    [Theory]
    [InlineData(InferType.Neutral, "x", new[] { 0, 2 })]
    [InlineData(InferType.Neutral, "y", new[] { 1, 2 })]
    [InlineData(InferType.Neutral, "unknown", new[] { 2 })]
    [InlineData(InferType.Decode, "x", new[] { 3 })]
    [InlineData(InferType.Decode, "y", new int[0])]
    [InlineData(InferType.Prefill, "x", new int[0])]
    public void SlotsOf_ManyModels_ThoseOfTheModelAndOfNone(InferType role, string model, int[] expected) =>
        Assert.Equal(expected, Index(isMultiModel: true).SlotsOf(role, model).ToArray());

    [Theory]
    [InlineData("x")]
    [InlineData("unknown")]
    public void SlotsOf_OneModel_AllOfTheRole(string model)
    {
        ModelIndex index = Index(isMultiModel: false);
        Assert.Equal([0, 1, 2], index.SlotsOf(InferType.Neutral, model).ToArray());
        Assert.Equal([3], index.SlotsOf(InferType.Decode, model).ToArray());
    }

    private static ModelIndex Index(bool isMultiModel)
    {
        var view = new ClusterView<LiteModeInstance>(
            [Make("a", "x"), Make("b", "y"), Make("c", ""), Make("d", "x", InferType.Decode)]);
        return new ModelIndex(view, static instance => instance.Description, isMultiModel);
    }

    private static LiteModeInstance Make(string id, string model, InferType type = InferType.Neutral) =>
        new(new DiscoveredInstance { Id = id, InferType = type, Host = $"ip-{id}", Port = 8000, Model = model });
}
