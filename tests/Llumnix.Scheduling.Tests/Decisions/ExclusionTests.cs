using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Decisions;

/// <summary>A request does not go to the instances that it excludes, as it does when one of them has just failed it.</summary>
public sealed class ExclusionTests
{
    private static readonly string[] All = ["a", "b", "c"];

    [Fact]
    public void Schedule_FullMode_ExcludedInstancesGetNothing()
    {
        SchedulerFixture fixture = new SchedulerFixture().With([.. All.Select(id => Readings.Of(id))]);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(ScheduleOutcome.Placed, fixture.Scheduler.Schedule(Request($"r{i}", ["a", "c"]), out Placement placement));
            Assert.Equal("b", placement.First.Instance.InstanceId);
        }
    }

    [Fact]
    public void Schedule_FullMode_IdsOfAnswersExcludeToo()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(Readings.Of("a"));
        fixture.Scheduler.Schedule(Request("r", []), out Placement placement);
        Assert.Equal(ScheduleOutcome.AllExcluded, fixture.Scheduler.Schedule(Request("r", [placement.First.Instance.WireId]), out _));
    }

    /// <summary>Answers of full mode give both engines of a host the same id.</summary>
    [Fact]
    public void Schedule_TwoEnginesOfOneHost_AnEndpointExcludesOne()
    {
        SchedulerFixture fixture = new SchedulerFixture().With(
            [.. All.Select((id, i) => Readings.Of(id, metadata: m => m with { Ip = "10.0.0.1", ApiServerPort = 8000 + i }))]);
        fixture.Scheduler.Schedule(Request("r", []), out Placement first);
        InstanceAddress failed = first.First.Instance;
        for (int i = 0; i < 20; i++)
        {
            string endpoint = HostAddress.EndpointOf(failed.Host, failed.Port);
            Assert.Equal(ScheduleOutcome.Placed, fixture.Scheduler.Schedule(Request($"r{i}", [endpoint]), out Placement placement));
            Assert.NotEqual(failed.InstanceId, placement.First.Instance.InstanceId);
        }
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1:80", true)]
    [InlineData("10.0.0.1", "10.0.0.1:81", false)]
    [InlineData("10.0.0.1", "10.0.0.2:80", false)]
    [InlineData("10.0.0.1", "10.0.0.1", false)]
    [InlineData("10.0.0.1", "10.0.0.1:", false)]
    [InlineData("10.0.0.1", ":80", false)]
    [InlineData("10.0.0.1", "", false)]
    [InlineData("::1", "[::1]:80", true)]
    [InlineData("[::1]", "[::1]:80", true)]
    [InlineData("::1", "[]:80", false)]
    public void IsAt_Endpoint_OnlyTheSameHostAndPort(string host, string endpoint, bool isThere) =>
        Assert.Equal(isThere, new InstanceAddress { InstanceId = "a", WireId = "a", Host = host, Port = 80 }.IsAt(endpoint));

    [Fact]
    public void Schedule_LiteMode_ExcludedInstancesGetNothing()
    {
        LiteModeFixture fixture = new LiteModeFixture().With([.. All.Select(id => LiteModeFixture.Of(id))]);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(ScheduleOutcome.Placed, fixture.Scheduler.Schedule(Request($"r{i}", ["a", "b"]), out Placement placement));
            Assert.Equal("c", placement.First.Instance.WireId);
        }
    }

    [Fact]
    public void Schedule_AllAreExcluded_IsSaidAndNothingCounts()
    {
        LiteModeFixture fixture = new LiteModeFixture().With([.. All.Select(id => LiteModeFixture.Of(id))]);
        Assert.Equal(ScheduleOutcome.AllExcluded, fixture.Scheduler.Schedule(Request("r", All), out _));
        Assert.All(All, id => Assert.Equal(default, fixture[id]));
    }

    [Fact]
    public void Schedule_PairWhosePrefillsAreExcluded_IsNotPlacedAtAll()
    {
        LiteModeFixture fixture = new LiteModeFixture().With(
            LiteModeFixture.Of("p", InferType.Prefill), LiteModeFixture.Of("d", InferType.Decode));
        var request = new PlacementRequest("r", SchedulingMode.PdBatch, default, 100, ExcludedInstances: ["p"]);
        Assert.Equal(ScheduleOutcome.AllExcluded, fixture.Scheduler.Schedule(in request, out _));
        Assert.Equal(default, fixture["d"]);
    }

    [Fact]
    public void Explain_Excluded_IsTheReason()
    {
        SchedulerFixture fixture = new SchedulerFixture().With([.. All.Select(id => Readings.Of(id))]);
        RoleExplanation explanation = fixture.Scheduler.Explain(Request("r", ["b"])).Single();
        CandidateExplanation excluded = explanation.Candidates.Single(static candidate => candidate.DroppedBy is not null);
        Assert.Equal(("b", "excluded by the request"), (excluded.InstanceId, excluded.DroppedBy));
    }

    private static PlacementRequest Request(string id, IReadOnlyList<string> excluded) =>
        new(id, SchedulingMode.Neutral, default, 100, ExcludedInstances: excluded);
}
