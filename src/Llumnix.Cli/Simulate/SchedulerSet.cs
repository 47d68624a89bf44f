using Llumnix.Scheduling;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Fleet;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Cli.Simulate;

/// <summary>The schedulers of a contestant that decide, usually one.</summary>
/// <param name="Placer">Places with all of them.</param>
/// <param name="Core">The first one in full mode, whose view is planned over; null in lite mode.</param>
/// <param name="Replicas">Their ledgers, when they tell each other of placements; else none.</param>
internal sealed record SchedulerSet(IPlacer Placer, SchedulerCore? Core, IReadOnlyList<LedgerReplica> Replicas)
{
    /// <param name="options">The options of each of them; the seeds differ.</param>
    /// <param name="contestant">Says how many there are.</param>
    /// <param name="clock">The simulation's clock.</param>
    public static SchedulerSet Make(SchedulerOptions options, Contestant contestant, VirtualClock clock)
    {
        List<IPlacer> placers = [];
        List<LedgerReplica> replicas = [];
        SchedulerCore? first = null;
        int count = contestant.ForwardMs is null ? contestant.Schedulers : 1;
        for (int i = 0; i < count; i++)
        {
            SchedulerOptions own = options with { Service = options.Service with { Seed = options.Service.Seed + i } };
            ReplicaKey? key = count > 1 && contestant.PeerDelayMs is not null ? new ReplicaKey(FormattableString.Invariant($"s{i}"), 1) : null;
            LedgerReplica? replica;
            if (options.Mode.IsFull)
            {
                SchedulerCore core = SchedulerCore.Make(own, clock, NullLogger.Instance, key);
                first ??= core;
                replica = core.Scheduler.Replica;
                placers.Add(new SchedulerPlacer(core.Scheduler));
            }
            else
            {
                LiteModeScheduler lite = SchedulerCore.MakeLite(own, clock, key);
                replica = lite.Replica;
                placers.Add(new LiteModePlacer(lite));
            }

            if (replica is not null)
            {
                replicas.Add(replica);
            }
        }

        return new SchedulerSet(placers.Count == 1 ? placers[0] : new SchedulersPlacer(placers), first, replicas);
    }
}
