using Llumnix.Scheduling.Instances;

namespace Llumnix.Simulation.Fleet;

/// <summary>The status path, and its faults and those of the engines.</summary>
public sealed partial class FleetSimulation
{
    /// <summary>An engine's status may have changed: it is pushed at once, or when the interval since the last push is over.</summary>
    private void Changed(int index)
    {
        if (_options.Reads is not null)
        {
            return;
        }

        SimulatedEngine engine = _engines[index];
        TimeSpan earliest = engine.EarliestPush(_options.Path.PushInterval);
        if (Now >= earliest)
        {
            engine.Push(Now, _clock.GetUtcNow());
        }
        else if (!engine.IsPushDue)
        {
            engine.IsPushDue = true;
            _events.Add(earliest, SimulationEventKind.Push, index);
        }
    }

    private void Poll()
    {
        for (int i = 0; i < _engines.Length; i++)
        {
            SimulatedEngine engine = _engines[i];
            if (Now >= engine.EarliestPush(_options.Path.Heartbeat))
            {
                engine.Push(Now - _options.Path.StoreDelay, _clock.GetUtcNow() - _options.Path.StoreDelay);
            }

            _readings[i] = new InstanceReading(engine.Metadata, engine.Read(Now, _options.Path.StoreDelay));
        }

        _placer.Synchronize(_readings);
        _peers?.Note();
        _events.Add(Now + _options.Path.PollInterval, SimulationEventKind.Poll);
    }

    private void Apply((EngineFault Fault, bool Begins) change)
    {
        (EngineFault fault, bool begins) = change;
        SimulatedEngine engine = _engines[fault.Engine];
        switch (fault.Kind)
        {
            case EngineFaultKind.Unschedulable:
                engine.Model.Schedulable = !begins;
                break;
            case EngineFaultKind.Silent:
                engine.IsSilent = begins;
                break;
            case EngineFaultKind.Drain:
                _placer.Drain(engine.Metadata.InstanceId, begins);
                return;
            case EngineFaultKind.Slow:
                engine.Model.Slowness = begins ? fault.Factor : 1;
                return;
            case EngineFaultKind.Crash when begins:
                Crash(fault.Engine);
                break;
            default:
                engine.IsDown = false;
                break;
        }

        engine.Push(Now, _clock.GetUtcNow());
    }
}
