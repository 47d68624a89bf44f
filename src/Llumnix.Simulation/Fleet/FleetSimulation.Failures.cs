using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Simulation.Fleet;

/// <summary>What schedulers and gateways do about engines that are gone.</summary>
public sealed partial class FleetSimulation
{
    /// <summary>Time between two rounds of probes.</summary>
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    /// <summary>The gateway's wait before it asks for another engine, doubled with each failure.</summary>
    private static readonly TimeSpan RetryBackOff = TimeSpan.FromMilliseconds(10);

    /// <summary>The schedulers ask silent engines at their addresses: one that has crashed refuses the connection.</summary>
    private void Probe()
    {
        foreach (IProbedFleet fleet in _placer.Probed)
        {
            foreach (SilentInstance silent in fleet.FindSilent(_options.ProbeAfter))
            {
                fleet.TakeProbe(silent, isReachable: !_engines[_engineById[silent.Address.InstanceId]].IsDown);
            }
        }

        _events.Add(Now + ProbeInterval, SimulationEventKind.Probe);
    }

    /// <summary>
    /// The gateway gives the placement back and asks for another engine, as long as the client has seen nothing. It excludes the engine that it was told, to which its
    /// connection went: of migrations it knows nothing.
    /// </summary>
    /// <returns>False when the request is lost.</returns>
    private bool TryAnotherEngine(RequestRun run)
    {
        // A decode on an engine of its own begins when the first token is there.
        if (run.Failed.Count >= _options.GatewayRetries || run.Tokens > 0)
        {
            return false;
        }

        run.Failed.Add(run.First.Instance.InstanceId);
        ReleaseAll(run);
        (run.First, run.FirstEngine, run.Second, run.SecondEngine, run.WaitsSince) = (default, -1, null, -1, null);
        _events.Add(Now + (RetryBackOff * (1 << (run.Failed.Count - 1))), SimulationEventKind.AskAgain, 0, run);
        return true;
    }

    /// <summary>The engine is gone, with the requests that it computes and those whose tokens come over it to the gateway since they have migrated.</summary>
    private void Crash(int index)
    {
        SimulatedEngine engine = _engines[index];
        engine.IsDown = true;
        engine.IsStepping = false;
        engine.Life++;
        engine.Model.AbandonStep();
        CancelMigrations(index);
        foreach (RequestRun run in _open.ToArray())
        {
            bool isHit = TryAbort(index, PrefillId(run)) | TryAbort(index, DecodeId(run));
            isHit |= run.FirstEngine >= 0 && IsAt(run.First, index) && TryAbort(run.FirstEngine, PrefillId(run));
            isHit |= run.Second is { } second && IsAt(second, index) && TryAbort(run.SecondEngine, DecodeId(run));
            if (isHit && !TryAnotherEngine(run))
            {
                Finish(run, RequestOutcome.Lost);
            }
        }

        engine.Model.ClearPrefixCache();
        engine.Gauges = default;
    }

    private bool IsAt(in PlacedInstance placed, int engine) => _engineById[placed.Instance.InstanceId] == engine;

    private bool TryAbort(int engine, string id)
    {
        if (!_engines[engine].Model.Holds(id))
        {
            return false;
        }

        _engines[engine].Model.Abort(id);
        if (!_engines[engine].IsDown)
        {
            TryStep(engine);
        }

        return true;
    }

    private void ReleaseAll(RequestRun run)
    {
        if (run.FirstEngine >= 0)
        {
            _placer.Release(run.Id, Released(run.First));
        }

        if (run.Second is { } second)
        {
            _placer.Release(run.Id, Released(second));
        }
    }
}
