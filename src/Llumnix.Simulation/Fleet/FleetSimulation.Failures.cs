using Llumnix.Scheduling.Instances;

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

    /// <summary>The gateway gives the placement back and asks for another engine, as long as the client has seen nothing.</summary>
    /// <returns>False when the request is lost.</returns>
    private bool TryAnotherEngine(RequestRun run, int failed)
    {
        if (run.Failed.Count >= _options.GatewayRetries || run.Tokens > 0 || run.FirstEngine != failed)
        {
            return false;
        }

        run.Failed.Add(run.First.Instance.InstanceId);
        ReleaseAll(run);
        (run.First, run.FirstEngine, run.Second, run.SecondEngine) = (default, -1, null, -1);
        _events.Add(Now + (RetryBackOff * (1 << (run.Failed.Count - 1))) + Forwarding(run), SimulationEventKind.AskAgain, 0, run);
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
