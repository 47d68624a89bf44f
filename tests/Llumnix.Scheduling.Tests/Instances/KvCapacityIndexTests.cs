using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Instances;

public sealed class KvCapacityIndexTests
{
    private const int Small = 1000;
    private const int Large = 4000;
    private const int Unknown = 0;

    [Theory]
    [InlineData(Small, new[] { 0, 1, 2 })]
    [InlineData(Small + 1, new[] { 1, 2 })]
    [InlineData(Large, new[] { 1, 2 })]
    [InlineData(Large + 1, new[] { 2 })]
    public void Holding_PromptLength_CapacityIsEnoughOrUnknown(int promptTokens, int[] expected) =>
        Assert.Equal(expected, Index(Small, Large, Unknown).Holding([0, 1, 2], promptTokens).ToArray());

    [Fact]
    public void Holding_SomeSlots_NoOthers() => Assert.Equal([1], Index(Small, Large, Large).Holding([0, 1], Large).ToArray());

    [Theory]
    [InlineData(0, 1, Large, false)]
    [InlineData(0, 2, Large, true)]
    [InlineData(0, 2, Large + 1, false)]
    [InlineData(1, 1, 1, false)]
    public void IsAnyHolding_Range_WhetherOneHolds(int start, int end, int promptTokens, bool expected) =>
        Assert.Equal(expected, Index(Small, Large).IsAnyHolding(start, end, promptTokens));

    private static KvCapacityIndex Index(params int[] capacities)
    {
        var view = new ClusterView<FullModeInstance>([.. capacities.Select(static (capacity, i) =>
        {
            InstanceReading reading = Readings.Of($"i{i}", status: s => s with { TotalGpuTokens = capacity });
            return new FullModeInstance(reading.Metadata, reading.Status);
        })]);
        view.AssignSlots();
        return new KvCapacityIndex(view);
    }
}
