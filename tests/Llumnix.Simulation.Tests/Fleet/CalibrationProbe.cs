using Llumnix.Scheduling;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>Places by a scheduler, and notes where each request goes and from when until when the tables of an instance are said to be wrong.</summary>
internal sealed class CalibrationProbe(FullModeScheduler scheduler, VirtualClock clock) : IPlacer
{
    private readonly SchedulerPlacer _placer = new(scheduler);

    /// <summary>When each request was placed, and where.</summary>
    public List<(TimeSpan At, string Instance)> Placements { get; } = [];

    /// <summary>When a table of an instance began to be said to be wrong, or right again.</summary>
    public List<(TimeSpan At, string Instance, string Table, double Ratio, bool IsDrifted)> Changes { get; } = [];

    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        _placer.Synchronize(readings);
        foreach (TableErrorFigures table in scheduler.CaptureCalibration().Tables)
        {
            if (table.IsDrifted != Changes.LastOrDefault(change => change.Instance == table.InstanceId && change.Table == table.Table).IsDrifted)
            {
                Changes.Add((clock.Now, table.InstanceId, table.Table, table.Ratio, table.IsDrifted));
            }
        }
    }

    public ScheduleOutcome Place(in PlacementRequest request, out Placement placement)
    {
        ScheduleOutcome outcome = _placer.Place(in request, out placement);
        if (outcome == ScheduleOutcome.Placed)
        {
            Placements.Add((clock.Now, placement.First.Instance.InstanceId));
        }

        return outcome;
    }

    public void Release(string requestId, in ReleasedInstance instance) => _placer.Release(requestId, in instance);

    /// <summary>Share of the placements within a time that went to an instance.</summary>
    public double ShareOf(string instance, TimeSpan from, TimeSpan to)
    {
        string[] placed = [.. Placements.Where(placement => placement.At >= from && placement.At < to).Select(static placement => placement.Instance)];
        return (double)placed.Count(id => id == instance) / placed.Length;
    }
}
