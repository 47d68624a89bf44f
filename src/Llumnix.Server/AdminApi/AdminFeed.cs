using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Recording;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.AdminApi.Events;
using Llumnix.Server.Draining;
using Llumnix.Server.Rescheduling;

namespace Llumnix.Server.AdminApi;

/// <summary>
/// Keeps what the admin API tells up to date, once for all callers, and sends changes to the clients of the event stream. Samples of the fleet are as far apart
/// as their bytes need, so that the stream of a large fleet stays below its bound. Safe for concurrent use.
/// </summary>
/// <param name="source">What is shown.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of looks that failed.</param>
internal sealed partial class AdminFeed(AdminSource source, TimeProvider time, ILogger<AdminFeed> logger)
{
    /// <summary>Time between two looks, which find few things to do when nobody watches.</summary>
    internal static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>Bytes that the fleet may take of the stream in a second; the rest of 100 KB is for decisions and the others.</summary>
    private const double FleetBytesPerSecond = 65_000;
    private const int DecisionsPerEvent = 20;
    private const int FirstDecisions = 100;
    private const int TicksPerKeepAlive = 10;
    private static readonly TimeSpan ShortestReuse = TimeSpan.FromMilliseconds(100);
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly TimeSpan _startedAt = time.GetUtcNow() - DateTimeOffset.UnixEpoch;
    private readonly FleetTracker _fleet = new(source.Mode.Name, source.Policy);
    private readonly FleetHistory _history = new();
    private readonly TargetsSeries? _targets =
        source.Mode.History is { } decisions ? new TargetsSeries(decisions, source.TtftTargetMs, source.TpotTargetMs) : null;

    private long _sampledAt = -1;
    private long _remembered = -1;
    private TimeSpan _pause;
    private long _decisionsTold;
    private long _intervalTold;
    private long _migrationChanges;
    private int _drainsTold;
    private StatusEvent? _statusTold;
    private int _ticks;

    /// <summary>The clients of the event stream.</summary>
    internal EventClients Clients { get; } = new();

    /// <summary>The fleet, as of a moment ago.</summary>
    internal FleetAnswer Fleet()
    {
        lock (_gate)
        {
            // While a stream is watched its pace is kept, since each sample is an event of it.
            if (_sampledAt < 0 || time.GetElapsedTime(_sampledAt) >= (Clients.Count == 0 ? ShortestReuse : _pause))
            {
                SampleFleet();
            }

            return _fleet.Current;
        }
    }

    /// <summary>The last minutes of an instance; null when it is not known.</summary>
    internal FleetHistoryAnswer? HistoryOf(string instanceId)
    {
        lock (_gate)
        {
            return _history.Of(instanceId);
        }
    }

    /// <summary>The last samples of every instance.</summary>
    internal FleetRecentAnswer Recent()
    {
        lock (_gate)
        {
            return _history.Recent();
        }
    }

    /// <summary>What happened to requests over the last minutes.</summary>
    internal TargetsAnswer Targets()
    {
        lock (_gate)
        {
            _targets?.Collect(NowMs());
            return _targets?.ToAnswer() ?? new TargetsAnswer(null, null, 0, []);
        }
    }

    /// <summary>The last migrations, and the drains.</summary>
    internal MigrationsAnswer Migrations() => new(
        source.Mode.Migrations is not null,
        MigrationHistory.Capacity,
        source.Mode.Migrations?.Total ?? 0,
        MigrationsSince(0).Migrations,
        Drains());

    /// <summary>Readiness and leadership.</summary>
    internal StatusEvent Status()
    {
        string? reason = source.Mode.FindReasonNotReady();
        string warning = string.Join("; ", ((string?[])[source.Mode.FindWarning(), source.LeadershipWarning?.Invoke()]).Where(static text => text is not null));
        (string Role, string Leader)? leadership = source.Leadership?.Invoke();
        return new StatusEvent(
            reason is null, reason ?? "", warning, leadership?.Role, leadership?.Leader, source.Peers?.Invoke() ?? []);
    }

    /// <summary>Adds a client of the event stream.</summary>
    /// <param name="first">What it gets at first: everything.</param>
    /// <returns>Where its further messages come from; null when there are too many clients.</returns>
    internal System.Threading.Channels.Channel<byte[]>? Join(out IReadOnlyList<byte[]> first)
    {
        // Under the lock, so that no change is missed between what it gets at first and what follows.
        lock (_gate)
        {
            first = [];
            if (Clients.Count == 0)
            {
                SampleFleet();
                Update();
                _intervalTold = _targets?.Current.StartMs ?? 0;
            }

            if (Clients.TryAdd() is not { } client)
            {
                return null;
            }

            first =
            [
                EventMessage.Make("status", Status(), AdminJsonContext.Default.StatusEvent),
                EventMessage.Make("fleet", _fleet.Current, AdminJsonContext.Default.FleetAnswer),
                EventMessage.Make("decisions", NewestDecisions(Math.Max(0, _decisionsTold - FirstDecisions), _decisionsTold, FirstDecisions), AdminJsonContext.Default.DecisionsEvent),
                EventMessage.Make("migrations", ToEvent(MigrationsSince(0).Migrations), AdminJsonContext.Default.MigrationsEvent),
                .. (_targets?.ToAnswer().Intervals ?? []).Select(
                    static interval => EventMessage.Make("targets", interval, AdminJsonContext.Default.TargetsInterval)),
            ];
            return client;
        }
    }

    /// <summary>Runs until it is cancelled; then the streams end.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                try
                {
                    lock (_gate)
                    {
                        Update();
                    }
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // A fault of one look must not end the console.
                    LogFailed(exception);
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            Clients.End();
        }
    }

    private void Update()
    {
        _ticks++;
        _targets?.Collect(NowMs());
        bool isWatched = Clients.Count > 0;
        bool isDue = _sampledAt < 0 || (isWatched && time.GetElapsedTime(_sampledAt) >= _pause);
        bool isToBeRemembered = _remembered < 0 || time.GetElapsedTime(_remembered) >= FleetHistory.Interval;
        if (isDue || (isToBeRemembered && !isWatched))
        {
            SampleFleet();
        }

        if (isToBeRemembered)
        {
            _remembered = time.GetTimestamp();
            _history.Add(_fleet.Current);
        }

        long total = source.Mode.History?.Total ?? 0;
        DecisionsEvent? decisions = isWatched && total > _decisionsTold ? NewestDecisions(_decisionsTold, total, DecisionsPerEvent) : null;
        _decisionsTold = total;
        (_migrationChanges, IReadOnlyList<RecordedMigration> migrations) = MigrationsSince(_migrationChanges);
        if (isWatched)
        {
            Tell(decisions, migrations);
        }
    }

    private void Tell(DecisionsEvent? decisions, IReadOnlyList<RecordedMigration> migrations)
    {
        if (decisions is not null)
        {
            Clients.Send(EventMessage.Make("decisions", decisions, AdminJsonContext.Default.DecisionsEvent));
        }

        MigrationsEvent moved = ToEvent(migrations);
        if (migrations.Count > 0 || moved.Drains.Count > 0 || _drainsTold > 0)
        {
            Clients.Send(EventMessage.Make("migrations", moved, AdminJsonContext.Default.MigrationsEvent));
        }

        _drainsTold = moved.Drains.Count;
        if (_targets is not null && _ticks % 2 == 0)
        {
            // The interval that was told last is told once more after its end: only then it is whole.
            foreach (TargetsInterval interval in _targets.From(_intervalTold))
            {
                Clients.Send(EventMessage.Make("targets", interval, AdminJsonContext.Default.TargetsInterval));
                _intervalTold = interval.StartMs;
            }
        }

        StatusEvent status = Status();
        if (_statusTold is null || !IsSame(_statusTold, status))
        {
            Clients.Send(EventMessage.Make("status", status, AdminJsonContext.Default.StatusEvent));
            _statusTold = status;
        }

        if (_ticks % TicksPerKeepAlive == 0)
        {
            Clients.Send(EventMessage.KeepAlive);
        }
    }

    private static bool IsSame(StatusEvent before, StatusEvent now) => before with { Peers = now.Peers } == now && before.Peers.SequenceEqual(now.Peers);

    private void SampleFleet()
    {
        FleetDelta delta = _fleet.Update(source.Mode.CaptureFleet(), (long)NowMs());
        _sampledAt = time.GetTimestamp();
        _pause = Tick;
        if (Clients.Count > 0)
        {
            byte[] message = EventMessage.Make("fleet_delta", delta, AdminJsonContext.Default.FleetDelta);
            _pause = TimeSpan.FromSeconds(Math.Max(Tick.TotalSeconds, message.Length / FleetBytesPerSecond));
            Clients.Send(message);
        }
    }

    /// <summary>The newest decisions of a range of sequences, of which the end is exclusive.</summary>
    private DecisionsEvent NewestDecisions(long from, long end, int most)
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

    private (long Changes, IReadOnlyList<RecordedMigration> Migrations) MigrationsSince(long changes)
    {
        if (source.Mode.Migrations is not { } migrations)
        {
            return (0, []);
        }

        (long now, IReadOnlyList<MigrationRecord> records) = migrations.Since(changes);
        return (now, [.. records.Select(static record => new RecordedMigration(
            record.Sequence, (long)record.AtMs, record.Policy, record.SourceId, record.DestinationId, record.State, record.Why, record.Answer, record.Selection, record.DurationMs))]);
    }

    private MigrationsEvent ToEvent(IReadOnlyList<RecordedMigration> migrations) => new(source.Mode.Migrations?.Total ?? 0, migrations, Drains());

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

    /// <summary>The wall clock at the start and monotonic time since, as the scheduler's clock: setting the wall clock changes nothing.</summary>
    internal double NowMs() => (_startedAt + time.GetElapsedTime(_start)).TotalMilliseconds;

    [LoggerMessage(LogLevel.Error, "The console could not take a look at the scheduler")]
    private partial void LogFailed(Exception exception);
}
