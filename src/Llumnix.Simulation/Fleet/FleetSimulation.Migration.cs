using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Fleet;

/// <summary>Rescheduling: plans with the scheduler's own planner; the engines move the requests.</summary>
public sealed partial class FleetSimulation
{
    private readonly List<RunningMigration> _running = [];
    private readonly List<(float Seconds, int Source, int Destination)> _migrations = [];
    private Rescheduling? _rescheduling;
    private int _failedMigrations;

    private void Reschedule()
    {
        Rescheduling rescheduling = _rescheduling!;
        ReschedulingPlan plan = rescheduling.Planner.Plan(rescheduling.Scheduler.CaptureForRescheduling());
        rescheduling.OnPlanned?.Invoke(plan);
        foreach (MigrationPair pair in plan.Pairs)
        {
            int source = _engineById[pair.Source.InstanceId];
            var waiting = new Queue<string>(_engines[source].Model.PickForMigration(pair.Selection.Rule, pair.Selection.Order, pair.Selection.Value));
            StartNext(source, _engineById[pair.Destination.InstanceId], waiting);
        }

        _events.Add(Now + rescheduling.Interval, SimulationEventKind.Reschedule);
    }

    /// <summary>Requests of one pair move one after the other.</summary>
    private void StartNext(int source, int destination, Queue<string> waiting)
    {
        if (_engines[source].IsDown || _engines[destination].IsDown)
        {
            _failedMigrations++;
            return;
        }

        while (waiting.TryDequeue(out string? id))
        {
            if (MigrationTransfer.TryStart(_engines[source].Model, _engines[destination].Model, id, Now, out MigrationTransfer? transfer, out _))
            {
                var migration = new RunningMigration(source, destination, transfer, waiting);
                _running.Add(migration);
                Follow(migration);
                return;
            }

            _failedMigrations++;
        }
    }

    private void AdvanceMigration(RunningMigration migration)
    {
        if (_running.Contains(migration))
        {
            migration.Transfer.Advance(Now);
            Follow(migration);
        }
    }

    private void Follow(RunningMigration migration)
    {
        if (!migration.Transfer.State.IsOver())
        {
            _events.Add(migration.Transfer.Due > Now ? migration.Transfer.Due : Now, SimulationEventKind.AdvanceMigration, 0, migration);
            return;
        }

        _running.Remove(migration);
        if (migration.Transfer.State == MigrationState.Completed)
        {
            var run = (RequestRun)migration.Transfer.Request.Request.Context!;
            run.Migrations++;
            if (migration.Transfer.Request.Request.Role == Llumnix.Scheduling.Instances.InferType.Decode)
            {
                run.SecondEngine = migration.Destination;
            }
            else
            {
                run.FirstEngine = migration.Destination;
            }

            _migrations.Add(((float)Now.TotalSeconds, migration.Source, migration.Destination));
        }
        else
        {
            _failedMigrations++;
        }

        TryStep(migration.Source);
        TryStep(migration.Destination);
        StartNext(migration.Source, migration.Destination, migration.Waiting);
    }

    private void CancelMigrations(int engine)
    {
        foreach (RunningMigration migration in _running.Where(m => m.Source == engine || m.Destination == engine).ToArray())
        {
            _running.Remove(migration);
            _failedMigrations++;
            migration.Transfer.Cancel(Now);
        }
    }

    private sealed record RunningMigration(int Source, int Destination, MigrationTransfer Transfer, Queue<string> Waiting);
}
