using Llumnix.Scheduling.Instances;

namespace Llumnix.Testing.Fleet;

/// <summary>Readings of instances with plain defaults, for tests to vary.</summary>
public static class Readings
{
    /// <summary>Milliseconds since the Unix epoch of a FakeTimeProvider's first moment, 2000-01-01T00:00Z.</summary>
    public const long StartMs = 946_684_800_000;

    /// <summary>An idle, fresh, schedulable instance.</summary>
    public static InstanceReading Of(
        string id,
        InferType inferType = InferType.Neutral,
        Func<InstanceMetadata, InstanceMetadata>? metadata = null,
        Func<InstanceStatus, InstanceStatus>? status = null)
    {
        var plainMetadata = new InstanceMetadata
        {
            InstanceId = id,
            InferType = inferType,
            Ip = $"ip-{id}",
            ApiServerPort = 8000,
            IpKvs = $"kvs-{id}",
            DataParallelSize = 1,
            UtcCreate = 1,
        };
        var plainStatus = new InstanceStatus
        {
            InstanceId = id,
            Schedulable = true,
            TimestampMs = StartMs,
            UpdateId = 1,
            TotalGpuTokens = 100_000,
        };
        return new InstanceReading(metadata?.Invoke(plainMetadata) ?? plainMetadata, status?.Invoke(plainStatus) ?? plainStatus);
    }

    /// <summary>The same instance with a newer status: one update and a given time later.</summary>
    public static InstanceReading Later(
        this InstanceReading reading, long milliseconds = 100, Func<InstanceStatus, InstanceStatus>? status = null)
    {
        InstanceStatus later = reading.Status with
        {
            TimestampMs = reading.Status.TimestampMs + milliseconds,
            UpdateId = reading.Status.UpdateId + 1,
        };
        return reading with { Status = status?.Invoke(later) ?? later };
    }
}
