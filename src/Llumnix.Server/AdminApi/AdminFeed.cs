using System.Threading.Channels;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.AdminApi.Events;

namespace Llumnix.Server.AdminApi;

/// <summary>
/// Keeps what the admin API tells up to date, once for all callers, and sends changes to the clients of the event stream. Samples of the fleet are as far apart
/// as their bytes need, so that the stream of a large fleet stays below its bound; when the health of an instance changes, one comes before its time. Safe for
/// concurrent use.
/// </summary>
/// <param name="source">What is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class AdminFeed(AdminSource source, TimeProvider time)
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
    private readonly SamplePace _pace = new(Tick, FleetBytesPerSecond);

    /// <summary>What clients have not got yet: all that one look has found goes out together.</summary>
    private readonly EventBuffer _untold = new();
    private readonly TargetsSeries? _targets =
        source.Mode.History is { } decisions ? new TargetsSeries(decisions, source.TtftTargetMs, source.TpotTargetMs) : null;

    private long _sampledAt = -1;
    private long _remembered = -1;
    private int _health;
    private long _decisionsTold;
    private long _intervalTold;
    private long _migrationChanges;
    private int _drainsTold;
    private StatusEvent? _statusTold;
    private int _ticks;

    /// <summary>The clients of the event stream.</summary>
    internal EventClients Clients { get; } = new();

    /// <summary>Reads what is not kept here.</summary>
    internal AdminReader Reader { get; } = new(source);

    /// <summary>The fleet, as of a moment ago.</summary>
    internal FleetAnswer Fleet()
    {
        lock (_gate)
        {
            // While a stream is watched its pace is kept, since each sample is an event of it.
            if (_sampledAt < 0 || time.GetElapsedTime(_sampledAt) >= (Clients.Count == 0 ? ShortestReuse : _pace.Pause))
            {
                Send(SampleFleet);
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

    /// <summary>Adds a client of the event stream.</summary>
    /// <param name="first">What it gets at first: everything.</param>
    /// <returns>Where its further messages come from; null when there are too many clients.</returns>
    internal Channel<byte[]>? Join(out IReadOnlyList<byte[]> first)
    {
        // Under the lock, so that no change is missed between what it gets at first and what follows.
        lock (_gate)
        {
            first = [];
            if (Clients.Count == 0)
            {
                SampleFleet();
                Update();
                _untold.Take();
                _intervalTold = _targets?.Current.StartMs ?? 0;
            }

            if (Clients.TryAdd() is not { } client)
            {
                return null;
            }

            first =
            [
                EventMessage.Make("status", Reader.Status(), AdminJsonContext.Default.StatusEvent),
                EventMessage.Make("fleet", _fleet.Current, AdminJsonContext.Default.FleetAnswer),
                EventMessage.Make("decisions", Reader.NewestDecisions(Math.Max(0, _decisionsTold - FirstDecisions), _decisionsTold, FirstDecisions), AdminJsonContext.Default.DecisionsEvent),
                EventMessage.Make("migrations", Reader.ToEvent(Reader.MigrationsSince(0).Migrations), AdminJsonContext.Default.MigrationsEvent),
                .. (_targets?.ToAnswer().Intervals ?? []).Select(
                    static interval => EventMessage.Make("targets", interval, AdminJsonContext.Default.TargetsInterval)),
            ];
            return client;
        }
    }

    /// <summary>Tells a change of an instance's health at once, if someone is there.</summary>
    internal void LookAtHealth()
    {
        lock (_gate)
        {
            if (Clients.Count > 0 && IsHealthNews())
            {
                Send(SampleFleet);
            }
        }
    }

    /// <summary>Tells what has changed since the last look.</summary>
    internal void Look()
    {
        lock (_gate)
        {
            Send(Update);
        }
    }

    private bool IsHealthNews() => source.Mode.HealthFingerprint() != _health && _pace.MayHurry(time.GetElapsedTime(_sampledAt));

    private void Update()
    {
        _ticks++;
        _targets?.Collect(NowMs());
        bool isWatched = Clients.Count > 0;
        bool isDue = _sampledAt < 0 || (isWatched && (time.GetElapsedTime(_sampledAt) >= _pace.Pause || IsHealthNews()));
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

        TellDecisions(isWatched);
        TellMigrations(isWatched);
        if (isWatched)
        {
            TellTargetsAndStatus();
        }
    }

    private void TellDecisions(bool isWatched)
    {
        long total = Reader.DecisionsTotal;
        if (isWatched && total > _decisionsTold)
        {
            _untold.Add("decisions", Reader.NewestDecisions(_decisionsTold, total, DecisionsPerEvent), AdminJsonContext.Default.DecisionsEvent);
        }

        _decisionsTold = total;
    }

    private void TellMigrations(bool isWatched)
    {
        (long changes, IReadOnlyList<RecordedMigration> migrations) = Reader.MigrationsSince(_migrationChanges);
        if (isWatched)
        {
            MigrationsEvent moved = Reader.ToEvent(migrations);
            if (migrations.Count > 0 || moved.Drains.Count > 0 || _drainsTold > 0)
            {
                _untold.Add("migrations", moved, AdminJsonContext.Default.MigrationsEvent);
            }

            _drainsTold = moved.Drains.Count;
        }

        _migrationChanges = changes;
    }

    private void TellTargetsAndStatus()
    {
        if (_targets is not null && _ticks % 2 == 0)
        {
            // The interval that was told last is told once more after its end: only then it is whole.
            foreach (TargetsInterval interval in _targets.From(_intervalTold))
            {
                _untold.Add("targets", interval, AdminJsonContext.Default.TargetsInterval);
                _intervalTold = interval.StartMs;
            }
        }

        StatusEvent status = Reader.Status();
        if (_statusTold is null || !IsSame(_statusTold, status))
        {
            _untold.Add("status", status, AdminJsonContext.Default.StatusEvent);
            _statusTold = status;
        }

        if (_ticks % TicksPerKeepAlive == 0)
        {
            _untold.Add(EventMessage.KeepAlive);
        }
    }

    private static bool IsSame(StatusEvent before, StatusEvent now) => before with { Peers = now.Peers } == now && before.Peers.SequenceEqual(now.Peers);

    private void SampleFleet()
    {
        // First: a change that comes in between is told once more.
        int health = source.Mode.HealthFingerprint();
        FleetDelta delta = _fleet.Update(source.Mode.CaptureFleet(), (long)NowMs());
        int bytes = Clients.Count > 0 ? _untold.Add("fleet_delta", delta, AdminJsonContext.Default.FleetDelta) : 0;
        _health = health;
        _pace.Sent(bytes, time.GetElapsedTime(_sampledAt));
        _sampledAt = time.GetTimestamp();
    }

    /// <summary>Looks, and sends what was found, even where the look fails later on: the next one would not find it again.</summary>
    private void Send(Action look)
    {
        try
        {
            look();
        }
        finally
        {
            if (_untold.Take() is { } message)
            {
                Clients.Send(message);
            }
        }
    }

    /// <summary>The wall clock at the start and monotonic time since, as the scheduler's clock: setting the wall clock changes nothing.</summary>
    internal double NowMs() => (_startedAt + time.GetElapsedTime(_start)).TotalMilliseconds;
}
