using System.Net;

namespace Llumnix.Adapters.Discovery;

/// <summary>Which names discovery by DNS looks up, and how often.</summary>
public sealed record DnsDiscoveryOptions
{
    /// <summary>Names of neutral engines, each with the port of all engines behind it.</summary>
    public IReadOnlyList<DnsEndPoint> Names { get; init; } = [];

    /// <summary>Names of prefill engines, each with the port of all engines behind it.</summary>
    public IReadOnlyList<DnsEndPoint> PrefillNames { get; init; } = [];

    /// <summary>Names of decode engines, each with the port of all engines behind it.</summary>
    public IReadOnlyList<DnsEndPoint> DecodeNames { get; init; } = [];

    /// <summary>Time from the start of one round of lookups to the start of the next; above zero.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bound on one lookup; above zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it must hold that no name has an address until the fleet counts as empty; not negative.</summary>
    public TimeSpan EmptyWindow { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>Largest number of instances; further addresses, in the order of the names, are not used.</summary>
    public int MaxInstances { get; init; } = 16_384;
}
