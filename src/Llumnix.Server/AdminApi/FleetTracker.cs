using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.AdminApi;

/// <summary>Follows the fleet from sample to sample: gives instances their indexes, and tells what has changed. Not thread-safe.</summary>
/// <param name="mode"><c>full</c> or <c>lite</c>.</param>
/// <param name="policy">Name of the scheduling policy.</param>
internal sealed class FleetTracker(string mode, string policy)
{
    private static readonly string[] Columns =
    [
        "index", "health", "signal_age_ms", "running", "waiting", "kv_used_tokens", "kv_total_tokens", "kv_projected", "in_flight", "decode_batch",
        "prefill_tokens", "decode_tokens", "tracked_tokens",
    ];

    private Dictionary<string, FleetInstance> _known = new(StringComparer.Ordinal);
    private int _nextIndex;
    private long _timeMs;

    /// <summary>The fleet at the last sample.</summary>
    internal FleetAnswer Current { get; private set; } = new(0, mode, policy, 0, Columns, FleetSample.HealthNames, FleetSample.HealthReasons, []);

    /// <summary>Takes a sample over.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="timeMs">When it was taken, Unix time in milliseconds.</param>
    /// <returns>What has changed.</returns>
    internal FleetDelta Update(FleetSample sample, long timeMs)
    {
        var joined = new List<FleetInstance>();
        var rows = new List<double?[]>();
        var instances = new FleetInstance[sample.Instances.Count];
        var known = new Dictionary<string, FleetInstance>(instances.Length, StringComparer.Ordinal);
        for (int i = 0; i < instances.Length; i++)
        {
            FleetInstance now = sample.Instances[i];
            FleetInstance? before = _known.GetValueOrDefault(now.Id);
            now = instances[i] = now with { Index = before?.Index ?? _nextIndex++ };
            known[now.Id] = now;
            if (before is null || !IsSame(before, now))
            {
                joined.Add(now);
            }
            else if (HasChanged(before, now, timeMs - _timeMs))
            {
                rows.Add(RowOf(now));
            }
        }

        int[] left = [.. _known.Values.Where(instance => !known.ContainsKey(instance.Id)).Select(static instance => instance.Index)];
        (_known, _timeMs) = (known, timeMs);
        Current = Current with { TimeMs = timeMs, InFlight = sample.InFlight, Instances = instances };
        return new FleetDelta(timeMs, sample.InFlight, joined, left, rows);
    }

    /// <summary>Whether nothing has changed but what rows tell.</summary>
    private static bool IsSame(FleetInstance before, FleetInstance now) =>
        before.Address == now.Address
        && before.Role == now.Role
        && before.Unit == now.Unit
        && before.Node == now.Node
        && before.Backend == now.Backend
        && before.IsUnreachable == now.IsUnreachable
        && (ReferenceEquals(before.Models, now.Models) || before.Models.SequenceEqual(now.Models));

    /// <summary>Whether something that rows tell has changed, beside the growth of the signal's age with the time.</summary>
    private static bool HasChanged(FleetInstance before, FleetInstance now, long elapsedMs) =>
        before.Health != now.Health
        || now.SignalAgeMs < before.SignalAgeMs + (elapsedMs / 2)
        || before.Running != now.Running
        || before.Waiting != now.Waiting
        || before.KvUsedTokens != now.KvUsedTokens
        || before.KvTotalTokens != now.KvTotalTokens
        || before.KvProjected != now.KvProjected
        || before.InFlight != now.InFlight
        || before.DecodeBatch != now.DecodeBatch
        || before.PrefillTokens != now.PrefillTokens
        || before.DecodeTokens != now.DecodeTokens
        || before.TrackedTokens != now.TrackedTokens;

    private static double?[] RowOf(FleetInstance instance) =>
    [
        instance.Index,
        Array.IndexOf(FleetSample.HealthNames, instance.Health),
        instance.SignalAgeMs,
        instance.Running,
        instance.Waiting,
        instance.KvUsedTokens,
        instance.KvTotalTokens,
        instance.KvProjected,
        instance.InFlight,
        instance.DecodeBatch,
        instance.PrefillTokens,
        instance.DecodeTokens,
        instance.TrackedTokens,
    ];
}
