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

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_queue);
        command.Add(_keys);
    }

    /// <summary>Takes their values over.</summary>
    internal GatewayOptions Apply(ParseResult parsed, GatewayOptions options) => options with
    {
        MaxQueueSize = parsed.GetValue(_queue),
        ApiKeyFile = parsed.GetValue(_keys) ?? "",
    };
}
