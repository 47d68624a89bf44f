using Llumnix.Adapters.Llumlets;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Rescheduling;

/// <summary>Counts migrations.</summary>
internal sealed class ReschedulingTelemetry
{
    private readonly Counter _migrations;
    private readonly Counter _failed;
    private readonly Counter _byOutcome;
    private readonly Histogram _planning;

    internal ReschedulingTelemetry(IMetricFactory factory)
    {
        _migrations = factory.CreateCounter(
            "scheduler_rescheduling_total",
            "Migrations that llumlets were asked for, by how the requests to move were selected and in which order.",
            ["rescheduling_req_select_rule", "rescheduling_req_select_order"]);
        _failed = factory.CreateCounter("scheduler_rescheduling_failed_total", "Migrations that could not be asked for or had no answer; neither refusals nor sources that are left alone.");
        _byOutcome = factory.CreateCounter(
            "scheduler_rescheduling_outcomes_total", "Migrations planned, by policy and outcome; backing_off ones were not asked for.", ["policy", "outcome"]);
        _planning = factory.CreateHistogram(
            "scheduler_rescheduling_planning_duration_milliseconds",
            "Time to plan a cycle of rescheduling, in milliseconds.",
            new HistogramConfiguration { Buckets = Buckets.DurationMs });
    }

    internal void OnPlanned(TimeSpan duration) => _planning.Observe(duration.TotalMilliseconds);

    internal void OnMigration(MigrationResult result)
    {
        if (result.Outcome == MigrationOutcome.Cancelled)
        {
            return;
        }

        _byOutcome.WithLabels(result.Pair.Policy, MigrationOutcomes.NameOf(result.Outcome)).Inc();
        if (MigrationOutcomes.IsAsked(result.Outcome))
        {
            _migrations.WithLabels(MigrationRequests.NameOf(result.Pair.Selection.Rule), MigrationRequests.NameOf(result.Pair.Selection.Order)).Inc();
        }

        if (MigrationOutcomes.IsFailure(result.Outcome))
        {
            _failed.Inc();
        }
    }
}
