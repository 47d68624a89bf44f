using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Recording;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Draining;
using Llumnix.Server.Rescheduling;

namespace Llumnix.Server.AdminApi;

/// <summary>Reads decisions, migrations, drains and readiness as the admin API tells them. Keeps nothing; safe for concurrent use.</summary>
/// <param name="source">What is shown.</param>
internal sealed class AdminReader(AdminSource source)
{
    /// <summary>How many decisions there were.</summary>
    internal long DecisionsTotal => source.Mode.History?.Total ?? 0;

    /// <summary>The newest decisions of a range of sequences, of which the end is exclusive.</summary>
    internal DecisionsEvent NewestDecisions(long from, long end, int most)
    {
        long first = Math.Max(from, end - most);
        var records = new DecisionRecord[end - first];
        int count = source.Mode.History?.Copy(first, records) ?? 0;
        var newest = new List<RecordedDecision>(count);
        for (int i = count - 1; i >= 0; i--)
        {
            // A record that is overwritten meanwhile is left out, and one beyond the range comes in its place.
            if (records[i].Sequence < end)
            {
                newest.Add(DecisionText.ToAnswer(in records[i]));
            }
        }

        return new DecisionsEvent(end, end - from - newest.Count, newest);
    }

    /// <summary>The migrations that are new or have changed since a number of changes.</summary>
    internal (long Changes, IReadOnlyList<RecordedMigration> Migrations) MigrationsSince(long changes)
    {
        if (source.Mode.Migrations is not { } migrations)
        {
            return (0, []);
        }

        (long now, IReadOnlyList<MigrationRecord> records) = migrations.Since(changes);
        return (now, [.. records.Select(static record => new RecordedMigration(
            record.Sequence, (long)record.AtMs, record.Policy, record.SourceId, record.DestinationId, record.State, record.Why, record.Answer, record.Selection, record.DurationMs))]);
    }

    /// <summary>The last migrations, and the drains.</summary>
    internal MigrationsAnswer Migrations() => new(
        source.Mode.Migrations is not null,
        MigrationHistory.Capacity,
        source.Mode.Migrations?.Total ?? 0,
        MigrationsSince(0).Migrations,
        Drains());

    /// <summary>Migrations as an event, with the drains.</summary>
    internal MigrationsEvent ToEvent(IReadOnlyList<RecordedMigration> migrations) => new(source.Mode.Migrations?.Total ?? 0, migrations, Drains());

    /// <summary>Readiness and leadership.</summary>
    internal StatusEvent Status()
    {
        string? reason = source.Mode.FindReasonNotReady() ?? source.FindReasonNotReady?.Invoke();
        string warning = string.Join("; ", ((string?[])[source.Mode.FindWarning(), source.LeadershipWarning?.Invoke()]).Where(static text => text is not null));
        (string Role, string Leader)? leadership = source.Leadership?.Invoke();
        return new StatusEvent(
            reason is null, reason ?? "", warning, leadership?.Role, leadership?.Leader, source.Peers?.Invoke() ?? []);
    }

    private DrainRow[] Drains() =>
    [
        .. from report in source.Mode.Drains.ReportDrains()
           from instance in report.Instances
           select new DrainRow(
               DrainSelection.NameOf(report.Selector.Scope),
               report.Selector.Value,
               instance.Id,
               instance.Work.Requests,
               instance.AtStart,
               instance.IsSafeToDelete,
               instance.WhyNotSafe ?? "",
               Math.Round(instance.DrainedFor.TotalMilliseconds),
               instance.EmptyIn is { } estimate ? Math.Round(estimate.TotalMilliseconds) : null),
    ];
}
