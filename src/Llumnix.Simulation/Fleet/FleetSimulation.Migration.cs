using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Fleet;

/// <summary>Rescheduling: plans with the scheduler's own planner; the engines move the requests.</summary>
public sealed partial class FleetSimulation
{
    private readonly List<RunningMigration> _running = [];
    private readonly List<(float Seconds, int Source, int Destination)> _migrations = [];
    private readonly RestingInstances _resting;
    private Rescheduling? _rescheduling;
    private int _failedMigrations;
    private int _unanswered;

    private void Reschedule()
    {
        Rescheduling rescheduling = _rescheduling!;
        ReschedulingPlan plan = rescheduling.Planner.Plan(rescheduling.Scheduler.CaptureForRescheduling(), _resting);
        rescheduling.OnPlanned?.Invoke(plan);
        _unanswered = plan.Pairs.Count;
        foreach (MigrationPair pair in plan.Pairs)
        {
            int source = _engineById[pair.Source.InstanceId];
            var waiting = new Queue<string>(_engines[source].Model.PickForMigration(pair.Selection.Rule, pair.Selection.Order, pair.Selection.Value));
            StartNext(new AskedPair(pair, source, _engineById[pair.Destination.InstanceId], waiting));
        }

        if (plan.Pairs.Count == 0)
        {
            _events.Add(Now + rescheduling.Interval, SimulationEventKind.Reschedule);
        }
    }

    /// <summary>
    /// The requests of one pair move one after the other; then the llumlet answers. The next cycle begins an interval after the last answer.
    /// </summary>
    private void StartNext(AskedPair asked)
    {
        bool isDown = _engines[asked.Source].IsDown || _engines[asked.Destination].IsDown;
        while (!isDown && asked.Waiting.TryDequeue(out string? id))
        {
            if (MigrationTransfer.TryStart(
                _engines[asked.Source].Model, _engines[asked.Destination].Model, id, Now, out MigrationTransfer? transfer, out _))
            {
                var migration = new RunningMigration(asked, transfer);
                _running.Add(migration);
                Follow(migration);
                return;
            }

            _failedMigrations++;
        }

        _failedMigrations += isDown ? 1 : 0;
        Answer(asked);
    }

    private void Answer(AskedPair asked)
    {
        _resting.OnAnswered(asked.Pair);
        if (--_unanswered == 0)
        {
            _events.Add(Now + _rescheduling!.Interval, SimulationEventKind.Reschedule);
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
                run.SecondEngine = migration.Asked.Destination;
            }
            else
            {
                run.FirstEngine = migration.Asked.Destination;
            }

            _migrations.Add(((float)Now.TotalSeconds, migration.Asked.Source, migration.Asked.Destination));
        }
        else
        {
            _failedMigrations++;
        }

        TryStep(migration.Asked.Source);
        TryStep(migration.Asked.Destination);
        StartNext(migration.Asked);
    }

    private void CancelMigrations(int engine)
    {
        foreach (RunningMigration migration in _running.Where(m => m.Asked.Source == engine || m.Asked.Destination == engine).ToArray())
        {
            _running.Remove(migration);
            _failedMigrations++;
            migration.Transfer.Cancel(Now);
            Answer(migration.Asked);
        }
    }

    private sealed record AskedPair(MigrationPair Pair, int Source, int Destination, Queue<string> Waiting);

    private sealed record RunningMigration(AskedPair Asked, MigrationTransfer Transfer);
}
