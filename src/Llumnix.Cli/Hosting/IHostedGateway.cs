using Llumnix.Gateway.Hosting;

namespace Llumnix.Cli.Hosting;

/// <summary>A gateway with what it needs to place requests.</summary>
internal interface IHostedGateway : IAsyncDisposable
{
    /// <summary>What serves the clients.</summary>
    GatewayHost Host { get; }

    /// <summary>Writes to the log where it listens and what it was started with.</summary>
    void LogStart(string report);

    /// <summary>Writes to the log that it has stopped.</summary>
    void LogStopped();
}
