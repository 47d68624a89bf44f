using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Cli.Top;

/// <summary>What the event stream of an admin API has told so far. Not thread-safe.</summary>
internal sealed class TopState
{
    private const int MaxDecisions = 100;
    private readonly Dictionary<int, FleetInstance> _instances = [];
    private FleetAnswer? _fleet;
    private TargetsInterval? _ended;
    private TargetsInterval? _present;

    /// <summary>Mode and policy of the scheduler.</summary>
    public string Mode => _fleet is null ? "" : $"{_fleet.Mode} mode, {_fleet.Policy}";

    /// <summary>The whole fleet as it is now; null before it is told.</summary>
    public FleetAnswer? Fleet => _fleet is null ? null : _fleet with { InFlight = InFlight, Instances = [.. _instances.Values.OrderBy(static instance => instance.Index)] };

    /// <summary>Placements in the account.</summary>
    public int InFlight { get; private set; }

    /// <summary>Readiness and leadership; null before it is told.</summary>
    public StatusEvent? Status { get; private set; }

    /// <summary>The instances, in no order.</summary>
    public IReadOnlyCollection<FleetInstance> Instances => _instances.Values;

    /// <summary>The last decisions, newest first.</summary>
    public IReadOnlyList<RecordedDecision> Decisions { get; private set; } = [];

    /// <summary>The last interval that has ended, with requests or not; the present one before that. Null before there was any.</summary>
    public TargetsInterval? Targets => _ended ?? _present;

    /// <summary>The drains.</summary>
    public IReadOnlyList<DrainRow> Drains { get; private set; } = [];

    /// <summary>Takes over an event; unknown ones change nothing.</summary>
    /// <exception cref="JsonException">The data is not what the event's name says.</exception>
    public void Apply(string name, string data)
    {
        switch (name)
        {
            case "status":
                Status = Read(data, AdminJsonContext.Default.StatusEvent);
                break;
            case "fleet":
                Begin(Read(data, AdminJsonContext.Default.FleetAnswer));
                break;
            case "fleet_delta" when _fleet is not null:
                Change(Read(data, AdminJsonContext.Default.FleetDelta), _fleet);
                break;
            case "decisions":
                Decisions = [.. Read(data, AdminJsonContext.Default.DecisionsEvent).Decisions.Concat(Decisions).Take(MaxDecisions)];
                break;
            case "targets":
                TargetsInterval interval = Read(data, AdminJsonContext.Default.TargetsInterval);
                _ended = _present is { } before && before.StartMs < interval.StartMs ? before : _ended;
                _present = interval;
                break;
            case "migrations":
                Drains = Read(data, AdminJsonContext.Default.MigrationsEvent).Drains;
                break;
        }
    }

    private static T Read<T>(string data, JsonTypeInfo<T> type)
        where T : class => JsonSerializer.Deserialize(data, type) ?? throw new JsonException();

    private void Begin(FleetAnswer fleet)
    {
        _fleet = fleet;
        InFlight = fleet.InFlight;
        Decisions = [];
        _instances.Clear();
        foreach (FleetInstance instance in fleet.Instances)
        {
            _instances[instance.Index] = instance;
        }
    }

    private void Change(FleetDelta delta, FleetAnswer fleet)
    {
        InFlight = delta.InFlight;
        foreach (int index in delta.Left)
        {
            _instances.Remove(index);
        }

        long elapsed = delta.TimeMs - fleet.TimeMs;
        foreach ((int index, FleetInstance instance) in _instances)
        {
            _instances[index] = instance with { SignalAgeMs = instance.SignalAgeMs + elapsed };
        }

        foreach (FleetInstance instance in delta.Joined)
        {
            _instances[instance.Index] = instance;
        }

        foreach (double?[] row in delta.Rows)
        {
            Change(row, fleet);
        }

        _fleet = fleet with { TimeMs = delta.TimeMs };
    }

    private void Change(double?[] row, FleetAnswer fleet)
    {
        if (row.Length < fleet.RowColumns.Count || row[0] is not { } index || !_instances.TryGetValue((int)index, out FleetInstance? instance))
        {
            return;
        }

        for (int i = 1; i < fleet.RowColumns.Count; i++)
        {
            long? whole = (long?)row[i];
            instance = fleet.RowColumns[i] switch
            {
                "health" when whole >= 0 && whole < fleet.HealthNames.Count =>
                    instance with { Health = fleet.HealthNames[(int)whole], HealthReason = fleet.HealthReasons.ElementAtOrDefault((int)whole) ?? "" },
                "signal_age_ms" => instance with { SignalAgeMs = whole },
                "running" => instance with { Running = whole },
                "waiting" => instance with { Waiting = whole },
                "kv_used_tokens" => instance with { KvUsedTokens = whole },
                "kv_total_tokens" => instance with { KvTotalTokens = whole },
                "kv_projected" => instance with { KvProjected = row[i] },
                "in_flight" => instance with { InFlight = whole ?? 0 },
                "decode_batch" => instance with { DecodeBatch = row[i] },
                "prefill_tokens" => instance with { PrefillTokens = row[i] },
                "decode_tokens" => instance with { DecodeTokens = row[i] },
                "tracked_tokens" => instance with { TrackedTokens = whole },
                _ => instance,
            };
        }

        _instances[(int)index] = instance;
    }
}
