using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Hosting;

namespace Llumnix.Cli.Tests.Serve;

/// <summary>A scheduler of one instance that notes what it is told of requests.</summary>
internal sealed class ReportedRuntime : SchedulingModeRuntime, IRequestScheduler, IGatewaySink
{
    private static readonly InstanceAddress Engine = new() { InstanceId = "e", WireId = "e", Host = "127.0.0.1", Port = 8000 };
    private readonly List<(string Id, long Tokens, bool IsPrefillDone)> _rows = [];

    public override string Name => "full";

    public override string StoreName => "none";

    public override IRequestScheduler Scheduler => this;

    public override IDrainControl Drains => throw new NotSupportedException();

    public override IGatewaySink Gateways => this;

    /// <summary>The rows since the call before, by request.</summary>
    public IReadOnlyList<(string Id, long Tokens, bool IsPrefillDone)> TakeRows()
    {
        (string, long, bool)[] rows = [.. _rows.Order()];
        _rows.Clear();
        return rows;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public override string? FindReasonNotReady() => null;

    public override Task RunAsync(CancellationToken cancellation) => Task.CompletedTask;

    public override FleetSample CaptureFleet() => new(0, []);

    public override void ShowGauges()
    {
    }

    public ScheduleOutcome Schedule(in PlacementRequest request, out Placement placement)
    {
        placement = new Placement(new PlacedInstance(Engine, InferType.Neutral, null), null);
        return ScheduleOutcome.Placed;
    }

    public IReadOnlyList<RoleExplanation> Explain(in PlacementRequest request) => [];

    public void Release(string requestId, in ReleasedInstance instance)
    {
    }

    public int Report(RequestProgressBatch progress)
    {
        for (int row = 0; row < progress.Count; row++)
        {
            _rows.Add((progress.RequestId(row).ToString(), progress.Tokens(row), progress.IsPrefillDone(row)));
        }

        return progress.Count;
    }

    public void OnGatewayConnected(string gatewayId, bool isProven = false)
    {
    }

    public void OnGatewayLost(string gatewayId, bool isProven = false)
    {
    }
}
