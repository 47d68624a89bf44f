using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class MigrationPickTests
{
    // Came in the order b (61 tokens), a (101), c (31); then x (20) and y (10) wait.
    private readonly EngineCluster _cluster = new(EngineCluster.Small() with { MaxRunningRequests = 3 }, EngineCluster.Small());

    public MigrationPickTests()
    {
        _cluster.Add(0, "b", prompt: 60, output: 500);
        _cluster.Add(0, "a", prompt: 100, output: 500);
        _cluster.Add(0, "c", prompt: 30, output: 500);
        _cluster.Add(0, "x", prompt: 20, output: 5);
        _cluster.Add(0, "y", prompt: 10, output: 1, role: InferType.Prefill);

        // b is prefilled alone, and a and c with its second token.
        _cluster.RunUntil(70 + 10 + 130 + 6);
    }

    [Theory]
    [InlineData(RequestSelectOrder.LastComeRunning, 2, "c,a")]
    [InlineData(RequestSelectOrder.FirstComeRunning, 2, "b,a")]
    [InlineData(RequestSelectOrder.LongestRunning, 2, "a,b")]
    [InlineData(RequestSelectOrder.ShortestRunning, 2, "c,b")]
    [InlineData(RequestSelectOrder.FirstComeWaiting, 1, "x")]
    [InlineData(RequestSelectOrder.FirstComeWaiting, 9, "x,y")]
    [InlineData(RequestSelectOrder.FirstComeWaitingThenShortestRunning, 4, "x,y,c,b")]
    [InlineData(RequestSelectOrder.LongestRunning, 9, "a,b,c")]
    [InlineData(RequestSelectOrder.LongestRunning, 0, "")]
    [InlineData(RequestSelectOrder.LongestRunning, -2, "")]
    [InlineData(RequestSelectOrder.LongestRunning, -1, "a,b,c,x,y")]
    [InlineData(RequestSelectOrder.LastComeRunning, -1, "c,a,b,x,y")]
    [InlineData(RequestSelectOrder.FirstComeRunning, -1, "b,a,c,x,y")]
    [InlineData(RequestSelectOrder.ShortestRunning, -1, "c,b,a,x,y")]
    [InlineData(RequestSelectOrder.FirstComeWaiting, -1, "x,y,b,a,c")]
    [InlineData(RequestSelectOrder.FirstComeWaitingThenShortestRunning, -1, "x,y,c,b,a")]
    public void Pick_NumberOfRequests_GoesByTheOrder(RequestSelectOrder order, double value, string expected) =>
        Assert.Equal(expected, Pick(RequestSelectRule.Requests, order, value));

    [Theory]
    [InlineData(RequestSelectOrder.LongestRunning, 1, "a")]
    [InlineData(RequestSelectOrder.LongestRunning, 101, "a")]
    [InlineData(RequestSelectOrder.LongestRunning, 102, "a,b")]
    [InlineData(RequestSelectOrder.LongestRunning, 1e9, "a,b,c")]
    [InlineData(RequestSelectOrder.FirstComeWaiting, 21, "x,y")]
    [InlineData(RequestSelectOrder.LongestRunning, -1, "")]
    public void Pick_Tokens_GoesOnUntilThePickedHoldThatMany(RequestSelectOrder order, double value, string expected) =>
        Assert.Equal(expected, Pick(RequestSelectRule.Tokens, order, value));

    [Theory]
    [InlineData(0.01, "c")]
    [InlineData(0.05, "c,b")]
    [InlineData(0.1, "c,b,a")]
    [InlineData(1, "c,b,a")]
    public void Pick_Ratio_IsAShareOfTheCapacity(double value, string expected) =>
        Assert.Equal(expected, Pick(RequestSelectRule.CacheRatio, RequestSelectOrder.ShortestRunning, value));

    [Fact]
    public void Pick_WhatIsAlreadyMigratingOrPrefilling_IsLeftOut()
    {
        Assert.Null(_cluster.Migrate(0, 1, "a").Refusal);
        Assert.Equal("b,c", Pick(RequestSelectRule.Requests, RequestSelectOrder.LongestRunning, 9));
        _cluster.Add(1, "prefilling", prompt: 50, output: 10);
        Assert.Empty(_cluster.Pick(1, RequestSelectRule.Requests, RequestSelectOrder.LongestRunning, -1));
    }

    private string Pick(RequestSelectRule rule, RequestSelectOrder order, double value) => string.Join(',', _cluster.Pick(0, rule, order, value));
}
