using Llumnix.Adapters.Llumlets;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Server.Rescheduling;

/// <summary>
/// Plans and executes migrations in cycles. The interval between two cycles begins with the last answer of the first. With a lease, a cycle that may
/// outlast it does not begin.
/// </summary>
internal sealed class Rescheduler(
    FullModeScheduler scheduler,
    ReschedulingPlanner planner,
    MigrationExecutor executor,
    TimeSpan interval,
    ReschedulingTelemetry telemetry,
    TimeProvider time,
    ILogger<Rescheduler> logger,
    ReschedulerLease? lease = null,
    MigrationHistory? history = null)
{
    private readonly RestingInstances _resting = new(time);
    private readonly MigrationLog _log = new(time, logger);

    /// <summary>Runs until cancelled. No exception within a cycle ends the loop.</summary>
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

    /// <summary>Runs one cycle.</summary>
    internal async Task RunCycleAsync(CancellationToken cancellation)
    {
        if (lease is { AllowsCycle: false })
        {
            return;
        }

        try
        {
            long start = time.GetTimestamp();
            ReschedulingPlan plan = planner.Plan(scheduler.CaptureForRescheduling(), _resting);
            telemetry.OnPlanned(time.GetElapsedTime(start));
            LogNotes(plan);
            if (lease is { AllowsCalls: false })
            {
                // The process stood still meanwhile: another one may have planned since.
                return;
            }

            long[] recorded = history?.OnPlanned(plan) ?? [];
            MigrationResult[] results = await executor.ExecuteAsync(plan.Pairs, cancellation);
            for (int i = 0; i < results.Length; i++)
            {
                MigrationResult result = results[i];
                history?.OnAnswered(recorded[i], result);
                telemetry.OnMigration(result);
                if (MigrationOutcomes.IsAnswered(result.Outcome))
                {
                    _resting.OnAnswered(result.Pair);
                }
            }

            _log.Report(results);
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
}
