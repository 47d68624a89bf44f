using System.Net;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>An engine as a list of engines names it. Immutable.</summary>
/// <param name="Host">Host of its API server: a name or an address, without brackets.</param>
/// <param name="Port">Port of its API server, 1 to 65535.</param>
public sealed record ListedEngine(string Host, int Port)
{
    /// <summary>Its id; empty: made of its role and address.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it does; null: not said.</summary>
    public InferType? Role { get; init; }

    /// <summary>The model that it serves; empty: any, or what it says itself.</summary>
    public string Model { get; init; } = "";

    /// <summary>The instance that discovery tells of.</summary>
    /// <param name="role">What it does where the list does not say.</param>
    public DiscoveredInstance ToInstance(InferType role)
    {
        DiscoveredInstance described = StaticDiscovery.Describe(new DnsEndPoint(Host, Port), Role ?? role);
        return described with { Id = Name.Length > 0 ? Name : described.Id, Model = Model };
    }
}
