using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>Makes the readings of instances from what was heard of their engines. For one caller at a time.</summary>
/// <param name="areEnginesLocal">See <see cref="EngineStatusOptions.AreEnginesLocal"/>.</param>
/// <param name="clock">Turns timestamps into times.</param>
internal sealed class EngineReadings(bool areEnginesLocal, ReadingClock clock)
{
    /// <summary>KV tokens that are assumed of an engine that tells no capacity, in a fleet where none does.</summary>
    private const long AssumedCapacity = 1 << 20;

    private readonly Dictionary<string, Published> _published = new(StringComparer.Ordinal);
    private bool _isAnyUp;
    private long _assumedCapacity = AssumedCapacity;

    /// <summary>The readings of all instances.</summary>
    internal List<InstanceReading> MakeAll((EngineRow Row, IReadOnlyList<DiscoveredInstance> Instances)[] rows)
    {
        _isAnyUp = areEnginesLocal || Array.Exists(rows, static row => !row.Row.IsDown);
        _assumedCapacity = rows.SelectMany(static row => row.Instances, static (row, instance) => row.Row.CapacityOf(instance)).Max() ?? AssumedCapacity;
        var readings = new List<InstanceReading>(rows.Length);
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach ((EngineRow row, IReadOnlyList<DiscoveredInstance> instances) in rows)
        {
            foreach (DiscoveredInstance instance in instances)
            {
                if (present.Add(instance.Id))
                {
                    readings.Add(ReadingOf(row, instance));
                }
            }
        }

        foreach (string gone in _published.Keys.Where(id => !present.Contains(id)).ToArray())
        {
            _published.Remove(gone);
        }

        return readings;
    }

    /// <summary>The readings of the instances of some engines, of which something was heard that concerns no other engine.</summary>
    internal List<InstanceReading> MakeChanged((EngineRow Row, IReadOnlyList<DiscoveredInstance> Instances)[] rows)
    {
        var readings = new List<InstanceReading>(rows.Length);
        foreach ((EngineRow row, IReadOnlyList<DiscoveredInstance> instances) in rows)
        {
            foreach (DiscoveredInstance instance in instances)
            {
                // One that is new or described anew comes with the next pass over all of them.
                if (_published.TryGetValue(instance.Id, out Published? known) && ReferenceEquals(known.Row, row) && known.IsOf(instance, row.Models, _isAnyUp && row.IsUnheard))
                {
                    readings.Add(ReadingOf(row, instance));
                }
            }
        }

        return readings;
    }

    /// <summary>The reading of an instance: a new status only when something was heard of its engine, since a new status is a sign of life.</summary>
    private InstanceReading ReadingOf(EngineRow row, DiscoveredInstance instance)
    {
        bool isOut = _isAnyUp && row.IsDown;
        long version = row.Version;
        IReadOnlyList<string> models = row.Models;
        bool isUnheard = isOut && row.IsUnheard;
        Published? before = _published.TryGetValue(instance.Id, out Published? known) && ReferenceEquals(known.Row, row) ? known : null;
        bool isDescribed = before is not null && before.IsOf(instance, models, isUnheard);
        bool isCurrent = before is not null && before.Version == version && before.IsOut == isOut;
        if (isDescribed && isCurrent)
        {
            return before!.Reading;
        }

        InstanceMetadata metadata = isDescribed ? before!.Reading.Metadata : MetadataOf(instance, models, isUnheard);
        InstanceStatus status = isCurrent
            ? before!.Reading.Status
            : row.MakeStatus(instance, unchecked((known?.Reading.Status.UpdateId ?? 0) + 1), _assumedCapacity, isOut, clock);
        var published = new Published(row, instance, models, version, isOut, new InstanceReading(metadata, status));
        _published[instance.Id] = published;
        return published.Reading;
    }

    private static InstanceMetadata MetadataOf(DiscoveredInstance instance, IReadOnlyList<string> models, bool isUnheard) => new()
    {
        InstanceId = instance.Id,
        AnswerId = instance.Id,
        Models = instance.Model.Length > 0 ? [instance.Model] : models,
        IsUnheard = isUnheard,
        InferType = instance.InferType,
        Ip = instance.Host,
        ApiServerPort = instance.Port,
        IpKvs = instance.Host,
        IpKvt = instance.AuxIp,
        KvtPort = instance.AuxPort,
        DataParallelRank = instance.DataParallelRank,
        DataParallelSize = Math.Max(1, instance.DataParallelSize),
        NodeId = instance.NodeId,
        Labels = instance.Labels,
        IsTerminating = instance.IsTerminating,
        UtcCreate = instance.Version,
    };

    private sealed record Published(
        EngineRow Row, DiscoveredInstance Instance, IReadOnlyList<string> Models, long Version, bool IsOut, InstanceReading Reading)
    {
        internal bool IsOf(DiscoveredInstance instance, IReadOnlyList<string> models, bool isUnheard) =>
            (ReferenceEquals(Instance, instance) || Instance == instance) && ReferenceEquals(Models, models) && Reading.Metadata.IsUnheard == isUnheard;
    }
}
