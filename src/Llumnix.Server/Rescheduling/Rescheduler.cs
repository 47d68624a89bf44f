using Llumnix.Cluster.Llumlets;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Server.Rescheduling;

/// <summary>Plans and executes migrations, cycle after cycle. A cycle begins an interval after the last answer of the one before.</summary>
internal sealed class Rescheduler(
    FullModeScheduler scheduler,
    ReschedulingPlanner planner,
    MigrationExecutor executor,
    TimeSpan interval,
    ReschedulingTelemetry telemetry,
    TimeProvider time,
    ILogger<Rescheduler> logger)
{
    /// <summary>Runs until cancelled. Nothing that happens in a cycle ends the loop.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, time, cancellation);
                await RunCycleAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
    }

    /// <summary>One cycle.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        try
        {
            long start = time.GetTimestamp();
            ReschedulingPlan plan = planner.Plan(scheduler.CaptureForRescheduling());
            telemetry.OnPlanned(time.GetElapsedTime(start));
            LogNotes(plan);
            foreach (MigrationResult result in await executor.ExecuteAsync(plan.Pairs, cancellation))
            {
                telemetry.OnMigration(result);
                Log(result);
            }
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            ReschedulerLog.CycleFailed(logger, exception);
        }
    }

    private void LogNotes(ReschedulingPlan plan)
    {
        if (logger.IsEnabled(LogLevel.Debug))
        {
            foreach (PlanNote note in plan.Notes)
            {
                ReschedulerLog.Note(logger, note.Policy, note.SourceId, note.DestinationId, note.IsChosen, note.Reason);
            }
        }
    }

    private void Log(MigrationResult result)
    {
        (string policy, string source, string destination) =
            (result.Pair.Policy, result.Pair.Source.InstanceId, result.Pair.Destination.InstanceId);
        if (result.Outcome == MigrationOutcome.Migrated)
        {
            ReschedulerLog.Migrated(logger, policy, source, destination);
        }
        else if (result.Outcome != MigrationOutcome.Cancelled)
        {
            ReschedulerLog.NotMigrated(logger, policy, source, destination, result.Outcome, result.Message);
        }
    }
}
