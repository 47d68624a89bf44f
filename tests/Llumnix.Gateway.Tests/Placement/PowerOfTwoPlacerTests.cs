using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Placement.PowerOfTwo;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Gateway.Tests.Placement;

/// <summary>Choosing an engine without a scheduler.</summary>
public sealed class PowerOfTwoPlacerTests
{
    private readonly EngineDirectory _engines = new();
    private readonly EngineLoads _loads = new();
    private readonly PowerOfTwoPlacer _placer;

    public PowerOfTwoPlacerTests() => _placer = new PowerOfTwoPlacer(_engines, _loads, new Random(7));

    [Fact]
    public async Task Place_ManyRequests_LoadsStayWithinAFew()
    {
        _engines.Synchronize([.. Enumerable.Range(0, 10).Select(static i => Engine(FormattableString.Invariant($"e{i}")))]);
        List<PlacementLease> leases = [.. Enumerable.Range(0, 1000).Select(i => _placer.Place(Query(i)).Lease!)];
        Assert.All(_engines.Engines, engine => Assert.InRange(_loads.InFlight(engine), 95, 105));
        foreach (PlacementLease lease in leases)
        {
            await lease.DisposeAsync();
            await lease.DisposeAsync();
        }

        Assert.Equal(0, _loads.Total);
        Assert.All(_engines.Engines, engine => Assert.Equal(0, _loads.InFlight(engine)));
    }

    /// <summary>Of two engines the two that are drawn are always both.</summary>
    [Fact]
    public void Place_TwoEngines_TakesTurns()
    {
        _engines.Synchronize([Engine("a"), Engine("b")]);
        for (int i = 0; i < 20; i++)
        {
            _placer.Place(Query(i));
            Assert.InRange(_loads.InFlight(_engines.Engines[0]) - _loads.InFlight(_engines.Engines[1]), -1, 1);
        }
    }

    [Fact]
    public void Place_ByRoleModelAndExclusion_OnlySuitedEngines()
    {
        _engines.Synchronize([
            Engine("p") with { InferType = InferType.Prefill }, Engine("a") with { Model = "m" }, Engine("b") with { Model = "n" }, Engine("c")]);
        HashSet<string> chosen = [.. Enumerable.Range(0, 50).Select(i => _placer.Place(Query(i)).Lease!.Target.Id)];
        Assert.Equal(["a:8000", "c:8000"], chosen.Order());
        Assert.Equal("c:8000", _placer.Place(Query(0) with { Excluded = ["a:8000"] }).Lease!.Target.Id);
        Assert.Equal(PlacementRefusal.AllExcluded, _placer.Place(Query(0) with { Excluded = ["a", "c"] }).Refusal);
    }

    [Fact]
    public async Task Place_PrefillAndDecode_BothOrNothing()
    {
        _engines.Synchronize([
            Engine("n"), Engine("p1") with { InferType = InferType.Prefill }, Engine("p2") with { InferType = InferType.Prefill },
            Engine("d") with { InferType = InferType.Decode }]);
        PlacementQuery query = Query(0) with { Mode = SchedulingMode.PdBatch, Excluded = ["p2:8000"] };
        PlacementAnswer both = _placer.Place(query);
        Assert.Equal(("p1:8000", InferType.Prefill), (both.Lease!.Target.Id, both.Lease.Target.Role));
        Assert.Equal(("d:8000", InferType.Decode), (both.Decode!.Target.Id, both.Decode.Target.Role));
        Assert.Equal(2, _loads.Total);
        await both.Lease.DisposeAsync();
        await both.Decode.DisposeAsync();

        Assert.Equal(new PlacementAnswer(PlacementRefusal.AllExcluded, null), _placer.Place(query with { Excluded = ["d:8000"] }));
        _engines.Synchronize([Engine("n"), Engine("p1") with { InferType = InferType.Prefill }]);
        Assert.Equal(new PlacementAnswer(PlacementRefusal.NotFound, null), _placer.Place(query));
        Assert.Equal(0, _loads.Total);
    }

    [Theory]
    [InlineData(InferType.Prefill, "p:8000")]
    [InlineData(InferType.Decode, "d:8000")]
    public void Place_OneStage_AnEngineOfItsRole(InferType stage, string id)
    {
        _engines.Synchronize([Engine("n"), Engine("p") with { InferType = InferType.Prefill }, Engine("d") with { InferType = InferType.Decode }]);
        PlacementAnswer answer = _placer.Place(Query(0) with { Mode = SchedulingMode.PdStaged, Stage = stage });
        Assert.Equal((id, null), (answer.Lease!.Target.Id, answer.Decode));
    }

    [Fact]
    public void Place_NothingSuits_SaysWhy()
    {
        Assert.Equal(PlacementRefusal.NotReady, _placer.Place(Query(0)).Refusal);
        _engines.Synchronize([Engine("b") with { Model = "n" }]);
        Assert.Equal(PlacementRefusal.NotFound, _placer.Place(Query(0)).Refusal);
    }

    private static PlacementQuery Query(int i) => new(FormattableString.Invariant($"r{i}"), "m", 1);

    private static DiscoveredInstance Engine(string id) => new() { Id = id, InferType = InferType.Neutral, Host = id, Port = 8000 };
}
