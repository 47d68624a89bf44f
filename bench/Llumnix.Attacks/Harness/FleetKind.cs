namespace Llumnix.Attacks.Harness;

/// <summary>The fleet that the scheduler under attack places on.</summary>
/// <param name="IsFullMode">Full mode over the CMS, or lite mode over discovery.</param>
/// <param name="Instances">Number of instances.</param>
/// <param name="IsDisaggregated">Half prefill and half decode instead of all neutral. Full mode only.</param>
internal sealed record FleetKind(bool IsFullMode, int Instances, bool IsDisaggregated = false)
{
    /// <summary>Sixteen instances in full mode.</summary>
    internal static FleetKind Full { get; } = new(true, 16);

    /// <summary>Sixteen instances in lite mode.</summary>
    internal static FleetKind Lite { get; } = new(false, 16);

    /// <summary>The scheduling mode of the good clients.</summary>
    internal string SchedulingMode => IsDisaggregated ? "pd_batch" : "neutral";

    /// <summary>The flags that lead the scheduler to the store.</summary>
    internal IEnumerable<string> Flags(int storePort) => IsFullMode
        ? ["--cms-redis-host", "127.0.0.1", "--cms-redis-port", $"{storePort}"]
        : ["--enable-full-mode-scheduling=false", "--discovery-redis-host", "127.0.0.1", "--discovery-redis-port", $"{storePort}"];
}
