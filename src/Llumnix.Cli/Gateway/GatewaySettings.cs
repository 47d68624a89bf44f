using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Gateway;

/// <summary>What <c>llumnix gateway</c> runs.</summary>
internal sealed record GatewaySettings
{
    /// <summary>The gateway's options.</summary>
    public GatewayOptions Gateway { get; init; } = new();

    /// <summary>The schedulers.</summary>
    public SchedulerPlacerOptions Schedulers { get; init; } = new();

    /// <summary>Whether schedulers are to decide, and none is named: the log says so.</summary>
    public bool IsSchedulerMissing { get; init; }

    /// <summary>Where the engines are found.</summary>
    public DiscoveryOptions Discovery { get; init; } = new();

    /// <summary>Whether it is what the process is there for: then signals stop it and it writes a log.</summary>
    public bool IsProcess { get; init; }
}
