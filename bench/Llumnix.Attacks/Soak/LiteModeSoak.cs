using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Attacks.Soak;

/// <summary>Lite mode: gateways report, vanish with what they hold, and come back under other addresses; some never say that they are there.</summary>
internal sealed class LiteModeSoak : SchedulerSoak
{
    private const int Pods = 32;
    private const int Gateways = 8;
    private const int RowsPerReport = 16;

    private readonly LiteModeScheduler _scheduler;
    private readonly RequestProgressBatch _report = new();
    private readonly DiscoveredInstance[] _pods;
    private readonly bool[] _areAway = new bool[Pods];
    private readonly string[] _gateways = new string[Gateways];
    private readonly Messages<(string Id, string Instance, string Gateway)> _progress;
    private long _created;

    internal LiteModeSoak(int seed)
        : base(seed)
    {
        var dispatch = new LoadCriterion("num_tokens", 1_000_000);
        _scheduler = new LiteModeScheduler(
            new LiteModePolicies(new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All)).Build(
                "load-balance", new PolicyOptions { Dispatch = new DispatchOptions { Neutral = dispatch, Prefill = dispatch, Decode = dispatch } }),
            new LiteModeOptions(),
            Time,
            new Random(seed));
        _progress = new Messages<(string Id, string Instance, string Gateway)>(Random, RowsPerReport * 16);
        _pods = [.. Enumerable.Range(0, Pods).Select(_ => NewPod())];
        for (int i = 0; i < Gateways; i++)
        {
            Connect(i);
        }

        Synchronize();
    }

    internal override string Name => "lite";

    internal override (int Entries, int Instances) Size
    {
        get
        {
            LiteModeSnapshot snapshot = _scheduler.Snapshot();
            return (snapshot.States, snapshot.Instances.Count);
        }
    }

    internal override string? End()
    {
        for (int i = 0; i < Gateways; i++)
        {
            _scheduler.OnGatewayLost(_gateways[i], IsProven(i));
        }

        // Longer than the states live of gateways that never said that they are there.
        Time.Advance(TimeSpan.FromHours(1));
        LiteModeSnapshot snapshot = _scheduler.Snapshot();
        int loaded = snapshot.Instances.Count(static instance => instance.Tracked != default);
        return snapshot is { States: 0, ConnectedGateways: 0 } && loaded == 0
            ? null
            : $"{snapshot.States} request states, {snapshot.ConnectedGateways} gateways, {loaded} instances with load";
    }

    protected override ScheduleOutcome Request(string id, out Placement placement)
    {
        Gateway = Random.Next(50) == 0 ? "never-seen:1" : _gateways[Random.Next(Gateways)];
        SchedulingMode mode = Random.Next(2) == 0 ? SchedulingMode.Neutral : SchedulingMode.PdBatch;
        return _scheduler.Schedule(new PlacementRequest(id, mode, default, Random.Next(4000), GatewayId: Gateway), out placement);
    }

    protected override void Release(string id, in ReleasedInstance instance) => _scheduler.Release(id, in instance);

    protected override void Send(string id, in PlacedInstance placed)
    {
        base.Send(id, in placed);
        _progress.Send((id, placed.Instance.WireId, Gateway));
    }

    /// <summary>A report of requests that run, of some that are long over, and of some that are another gateway's.</summary>
    protected override void Refresh()
    {
        _report.Clear();
        for (int i = 0; i < RowsPerReport && _progress.TryReceive(out (string Id, string Instance, string Gateway) row); i++)
        {
            string gateway = Random.Next(10) == 0 ? _gateways[Random.Next(Gateways)] : row.Gateway;
            _report.Add(row.Id, row.Instance, Random.Next(8000), isPrefillDone: Random.Next(3) == 0, gateway);
        }

        _scheduler.Report(_report);
    }

    protected override void Churn()
    {
        int index = Random.Next(Pods);
        switch (Random.Next(4))
        {
            case 0:
                // Leaves, or comes back.
                _areAway[index] = !_areAway[index];
                break;
            case 1:
                // Starts again under its id.
                _pods[index] = _pods[index] with { Version = _pods[index].Version + 1 };
                break;
            case 2:
                _pods[index] = NewPod();
                break;
            default:
                // A gateway vanishes with what it holds; another one comes, under an address that was never there.
                int gateway = Random.Next(Gateways);
                _scheduler.OnGatewayLost(_gateways[gateway], IsProven(gateway));
                Connect(gateway);
                break;
        }

        Synchronize();
    }

    private DiscoveredInstance NewPod()
    {
        long number = ++_created;
        return new DiscoveredInstance
        {
            Id = $"pod-{number}_dp0",
            InferType = (number % 4) switch { 0 => InferType.Prefill, 1 => InferType.Decode, _ => InferType.Neutral },
            Host = $"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            Port = 8000,
            Version = 1,
        };
    }

    private void Connect(int index)
    {
        _gateways[index] = $"10.1.0.{index}:{++_created}";
        _scheduler.OnGatewayConnected(_gateways[index], IsProven(index));
    }

    /// <summary>Half of the gateways come from the address that they say, the others through a proxy.</summary>
    private static bool IsProven(int gateway) => gateway % 2 == 0;

    private void Synchronize() => _scheduler.Synchronize([.. _pods.Where((_, index) => !_areAway[index])]);
}
