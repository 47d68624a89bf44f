using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

/// <summary>The source holds 900 of 1,000 tokens in 9 requests, the destination 300 in 3: half of the difference is 300 tokens, or 3 requests.</summary>
public sealed class MigrationSizeTests
{
    private const RequestSelectRule Requests = RequestSelectRule.Requests, Tokens = RequestSelectRule.Tokens, Ratio = RequestSelectRule.CacheRatio;

    /// <summary>A llumlet stops with the request that reaches what was asked for: 201 tokens would be 300, 301 would be 400.</summary>
    [Theory]
    [InlineData(Requests, 2, 2)]
    [InlineData(Requests, 5, 3)]
    [InlineData(Requests, -1, 3)]
    [InlineData(Tokens, 150, 150)]
    [InlineData(Tokens, 1024, 200)]
    [InlineData(Ratio, 0.1, 0.1)]
    [InlineData(Ratio, 0.9, 0.2)]
    public void Plan_HalfOfTheDifference_IsTheMost(RequestSelectRule rule, double wanted, double asked) =>
        Assert.Equal(asked, Asked(rule, wanted, Source(), Destination())!.Value, 1e-9);

    [Theory]
    [InlineData(801, 9, null)] // Half of the difference is 49.5 tokens of requests with 89 each.
    [InlineData(700, 1, null)] // The only one would just change places.
    [InlineData(700, 2, null)] // Half is less than one of 450.
    public void Plan_LessThanARequest_NothingMoves(int destinationUsed, int requests, double? asked) => Assert.Equal(
        asked, Asked(Tokens, 1024, Source(requests), Destination(destinationUsed)));

    /// <summary>Loads are shares, and a token is a tenth of that in the destination: 900 of 1,000 and 3,000 of 10,000 are even at 354 of both.</summary>
    [Fact]
    public void Plan_LargerDestination_MoreMoves()
    {
        FullModeInstance destination = Instance("b");
        destination.TakeOver(destination.Status with { TotalGpuTokens = 10_000, UsedGpuTokens = 3_000 });
        Assert.Equal(5, Asked(Requests, 9, Source(), destination));
        FullModeInstance source = Instance("a");
        source.TakeOver(source.Status with { TotalGpuTokens = 10_000, UsedGpuTokens = 9_000, RunningRequestCount = 90 });
        Assert.Equal(5, Asked(Requests, 90, source, Destination()));
    }

    [Fact]
    public void Plan_DestinationHasLittleRoom_SoMuchMoves()
    {
        PlannerOptions byRequests = Settings(Requests, 100) with { Decode = new LoadCriterion("num_requests", 8) };
        Assert.Equal(1, Asked(byRequests, Source(), Destination(used: 899, running: 2)));
        Assert.Null(Asked(byRequests, Source(), Destination(used: 901, running: 2)));
        Assert.Equal(3, Asked(byRequests, Source(), Destination(used: 0, running: 2)));
    }

    /// <summary>What the destination's llumlet says of itself, in the unit of each; zeros everywhere say nothing.</summary>
    [Theory]
    [InlineData(Requests, 1, 0, 0, 1.0)]
    [InlineData(Requests, 0, 0, 0, null)]
    [InlineData(Tokens, 1, 0, 0, 200.0)]
    [InlineData(Tokens, 1, 199, 0, 1.0)]
    [InlineData(Tokens, 1, 99, 0, null)]
    [InlineData(Ratio, 1, 0, 0.2, 0.1)]
    public void Plan_DestinationTellsBounds_AreRespected(RequestSelectRule rule, int slots, int tokens, double ratio, double? asked)
    {
        FullModeInstance destination = Destination();
        destination.TakeOver(destination.Status with
        {
            AvailableMigrateInSlots = slots, AvailableMigrateOutSlots = 2, AvailableMigrateInTokens = tokens, AvailableKvCacheUsageRatioMigrateIn = ratio,
        });
        Assert.Equal(asked, Asked(rule, rule == Ratio ? 0.9 : 1024, Source(), destination));
    }

    private static FullModeInstance Source(int requests = 9) => Instance("a", used: 900, running: requests);

    private static FullModeInstance Destination(int used = 300, int running = 3) => Instance("b", used: used, running: running);

    private static PlannerOptions Settings(RequestSelectRule rule, double value) => new()
    {
        Policies = ["decode_load"],
        Decode = new LoadCriterion("kv_cache_usage_ratio_projected", 0.85),
        LoadBalance = new LoadBalanceOptions { Selection = new RequestSelection(rule, RequestSelectOrder.ShortestRunning, value) },
    };

    private static double? Asked(RequestSelectRule rule, double wanted, FullModeInstance source, FullModeInstance destination) =>
        Asked(Settings(rule, wanted), source, destination);

    private static double? Asked(PlannerOptions settings, FullModeInstance source, FullModeInstance destination) =>
        Plan(settings, new([source, destination])).Pairs.SingleOrDefault()?.Selection.Value;
}
