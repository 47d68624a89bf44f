using System.Text.Json;
using Llumnix.Cli.Top;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Cli.Tests.Top;

public sealed class TopStateTests
{
    [Fact]
    public void Apply_Delta_ChangesNumbersAndHealth_AndTheOtherSignalsGrowOld()
    {
        TopState state = TopSamples.State(3);
        Delta(state, new FleetDelta(1_790_000_001_000, 9, [], [2], [[0, 4, 20, 11, null, 7, 3]]));
        Assert.Equal(9, state.InFlight);
        FleetInstance[] instances = [.. state.Instances.OrderBy(instance => instance.Index)];
        Assert.Equal(["engine-000", "engine-001"], instances.Select(instance => instance.Id));
        Assert.Equal(
            ("draining", 20L, 11L, null, 7L, 3L),
            (instances[0].Health, instances[0].SignalAgeMs, instances[0].Running, instances[0].Waiting, instances[0].KvUsedTokens, instances[0].InFlight));
        Assert.Equal(2120, instances[1].SignalAgeMs);
    }

    [Fact]
    public void Apply_RowsThatMeanNothing_ChangeNothing()
    {
        TopState state = TopSamples.State(1);
        FleetInstance before = state.Instances.Single();
        Delta(state, new FleetDelta(1_790_000_000_000, 5, [], [], [[99, 0, 0, 0, 0, 0, 0], [0, 1], [null, 1, 1, 1, 1, 1, 1]]));
        state.Apply("something new", "not JSON");
        Assert.Equal(before with { Models = [] }, state.Instances.Single() with { Models = [] });
    }

    [Fact]
    public void Apply_FleetAgain_BeginsAnew()
    {
        TopState state = TopSamples.State(3);
        state.Apply("fleet", JsonSerializer.Serialize(TopSamples.Fleet(1), AdminJsonContext.Default.FleetAnswer));
        Assert.Single(state.Instances);
        Assert.Empty(state.Decisions);
    }

    /// <summary>The newest interval counts, also one without requests.</summary>
    [Fact]
    public void Apply_IntervalWithoutRequestsHasEnded_ItIsShown()
    {
        TopState state = TopSamples.State(1);
        Targets(state, 1_790_000_000_000, 43);
        Assert.Equal(43, state.Targets!.Requests);
        Targets(state, 1_790_000_005_000, 0);
        Assert.Equal(43, state.Targets!.Requests);
        Targets(state, 1_790_000_010_000, 7);
        Assert.Equal(0, state.Targets!.Requests);
    }

    private static void Targets(TopState state, long startMs, long requests) => state.Apply("targets", JsonSerializer.Serialize(
        new TargetsInterval(startMs, requests, requests, 0, new Dictionary<string, long>(), 0, null, null, null, null, null), AdminJsonContext.Default.TargetsInterval));

    private static void Delta(TopState state, FleetDelta delta) => state.Apply("fleet_delta", JsonSerializer.Serialize(delta, AdminJsonContext.Default.FleetDelta));
}
