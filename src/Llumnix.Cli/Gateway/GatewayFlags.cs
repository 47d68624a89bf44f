using Llumnix.Adapters.Secrets;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Gateway;

/// <summary>What the flags of <c>llumnix gateway</c> say.</summary>
internal sealed record GatewayFlags
{
    /// <summary>The policy that asks no scheduler.</summary>
    internal const string RoundRobin = "round-robin";

    /// <summary>The gateway's options.</summary>
    public GatewayOptions Gateway { get; init; } = new() { Host = "0.0.0.0", Port = 8001 };

    /// <summary>The schedulers, in the order in which they are asked.</summary>
    public IReadOnlyList<Uri> SchedulerEndpoints { get; init; } = [];

    /// <summary>How schedulers are found; there is one way.</summary>
    public string SchedulerDiscovery { get; init; } = "endpoints";

    /// <summary>The token for the schedulers.</summary>
    public Secret ServiceToken { get; init; }

    /// <summary><see cref="RoundRobin"/>, or anything else: schedulers decide.</summary>
    public string SchedulingPolicy { get; init; } = "load-balance";

    /// <summary>Time between two reports to the schedulers, above 0.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where the engines are found.</summary>
    public DiscoveryOptions Discovery { get; init; } = new();

    /// <summary>Whether schedulers are to decide, and none is named.</summary>
    public bool IsSchedulerMissing => SchedulingPolicy != RoundRobin && SchedulerEndpoints.Count == 0;

    /// <summary>What is run by them.</summary>
    public GatewaySettings ToSettings() => new()
    {
        IsProcess = true,
        IsSchedulerMissing = IsSchedulerMissing,
        Discovery = Discovery,
        Gateway = Gateway,
        Schedulers = new SchedulerPlacerOptions
        {
            Schedulers = SchedulingPolicy == RoundRobin ? [] : [.. SchedulerEndpoints.Select(url => new SchedulerAccess(url) { ServiceToken = ServiceToken.Reveal() })],
            ReportInterval = ReportInterval,
            WaitTimeout = Gateway.WaitSchedulingTimeout,
        },
    };
}
