using System.Net;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Serve;

/// <summary>What <c>llumnix serve</c> runs.</summary>
internal sealed record ServeSettings
{
    /// <summary>The engines, at least one.</summary>
    public required IReadOnlyList<DnsEndPoint> Engines { get; init; }

    /// <summary>The gateway's options.</summary>
    public GatewayOptions Gateway { get; init; } = new();

    /// <summary>Whether it is what the process is there for: then signals stop it and it writes a log.</summary>
    public bool IsProcess { get; init; }
}
