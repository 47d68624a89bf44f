using System.CommandLine;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Serve;

/// <summary>The options that say who may send how much.</summary>
internal sealed class TrafficOptions
{
    private static readonly GatewayOptions Defaults = new();

    private readonly Option<int> _queue = NumberOption.Create(
        "--max-queue-size", "How many requests may wait for room in an engine at a time; more get 429.", Defaults.MaxQueueSize, 0, 1_000_000);

    private readonly Option<string> _keys = new("--api-key-file")
    {
        Description = "JSON file of the API keys that clients need; read again when it changes. Without it they need none.",
    };

    private readonly Option<string> _certificate = new("--tls-cert-file")
    {
        Description = "PEM file of the listener's certificate and its chain; read again when it changes.",
    };

    private readonly Option<string> _certificateKey = new("--tls-key-file")
    {
        Description = "PEM file of the certificate's private key, not encrypted; read again when it changes.",
    };

    private readonly Option<int> _connections = NumberOption.Create(
        "--max-connections", "Connections at a time; those over it get 503, only probes are still answered.", Defaults.MaxConnections, 1, 1_000_000);

    private readonly Option<int> _connectionsPerAddress = NumberOption.Create(
        "--max-connections-per-address", "Connections of one address at a time.", Defaults.MaxConnectionsPerAddress, 1, 1_000_000);

    private readonly Option<int> _bodyMemory = NumberOption.Create(
        "--max-body-memory-mib", "Memory of all bodies together, in MiB; 0: an eighth of the memory there is.", Defaults.MaxBodyMemoryMiB, 0, 1_048_576);

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_queue);
        command.Add(_keys);
        command.Add(_certificate);
        command.Add(_certificateKey);
        command.Add(_connections);
        command.Add(_connectionsPerAddress);
        command.Add(_bodyMemory);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_certificate) is { Length: > 0 } != result.GetValue(_certificateKey) is { Length: > 0 })
            {
                result.AddError("--tls-cert-file and --tls-key-file are given both or not at all");
            }
        });
    }

    /// <summary>Takes their values over.</summary>
    internal GatewayOptions Apply(ParseResult parsed, GatewayOptions options) => options with
    {
        MaxQueueSize = parsed.GetValue(_queue),
        ApiKeyFile = parsed.GetValue(_keys) ?? "",
        TlsCertificateFile = parsed.GetValue(_certificate) ?? "",
        TlsKeyFile = parsed.GetValue(_certificateKey) ?? "",
        MaxConnections = parsed.GetValue(_connections),
        MaxConnectionsPerAddress = parsed.GetValue(_connectionsPerAddress),
        MaxBodyMemoryMiB = parsed.GetValue(_bodyMemory),
    };
}
