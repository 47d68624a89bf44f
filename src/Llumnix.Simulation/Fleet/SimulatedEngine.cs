using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Fleet;

/// <summary>An engine and its llumlet.</summary>
internal sealed class SimulatedEngine
{
    private InstanceStatus _pushed;
    private InstanceStatus _pushedBefore;
    private TimeSpan _pushedAt;

    public SimulatedEngine(int index, EngineConfiguration configuration, TimeSpan now, DateTimeOffset wallClock)
    {
        string id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"engine-{index:0000}");
        Model = new EngineModel(configuration with { InstanceId = id });
        string ip = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"10.{index >> 16}.{(index >> 8) & 255}.{index & 255}");
        Metadata = new InstanceMetadata
        {
            InstanceId = id,
            InferType = configuration.InferType,
            Labels = configuration.Labels,
            Ip = ip,
            IpKvs = ip,
            ApiServerPort = 8000,
            LlumletPort = 8001,
            UtcCreate = 1,
            DataParallelSize = 1,
            BlockSize = configuration.BlockSize,
            MaxNumBatchedTokens = configuration.MaxBatchedTokens,
        };
        _pushed = _pushedBefore = Model.Status(now, wallClock);
    }

    public EngineModel Model { get; }

    public InstanceMetadata Metadata { get; }

    public bool IsStepping { get; set; }

    public bool IsPrefillStep { get; set; }

    public TimeSpan StepBegin { get; set; }

    public TimeSpan Busy { get; set; }

    public TimeSpan BusyWithPrefill { get; set; }

    public TimeSpan SampledBusy { get; set; }

    public TimeSpan SampledPrefill { get; set; }

    /// <summary>The time of the wake-up event in the queue; the maximum when there is none.</summary>
    public TimeSpan WakeAt { get; set; } = TimeSpan.MaxValue;

    /// <summary>What the engine's page of metrics says.</summary>
    public EngineGauges Gauges { get; set; }

    /// <summary>Requests that waited when the last step began.</summary>
    public int WaitingAtStep { get; set; }

    public bool IsPushDue { get; set; }

    public bool IsSilent { get; set; }

    /// <summary>Number of crashes so far; events of an earlier life are void.</summary>
    public int Life { get; set; }

    public bool IsDown { get; set; }

    public TimeSpan EarliestPush(TimeSpan interval) => _pushedAt + interval;

    public void Push(TimeSpan now, DateTimeOffset wallClock)
    {
        IsPushDue = false;
        if (!IsSilent && !IsDown)
        {
            (_pushedBefore, _pushed, _pushedAt) = (_pushed, Model.Status(now, wallClock), now);
        }
    }

    /// <summary>The status that a read of the store returns.</summary>
    public InstanceStatus Read(TimeSpan now, TimeSpan delay) => now - _pushedAt >= delay ? _pushed : _pushedBefore;
}
