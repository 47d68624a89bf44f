using System.CommandLine;
using System.Net;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Serve;

/// <summary>The options that say how prefill and decode engines work together.</summary>
internal sealed class DisaggregationOptions
{
    private static readonly Dictionary<string, PdProtocol> Protocols = new(StringComparer.Ordinal)
    {
        [""] = PdProtocol.None,
        ["vllm-kvt"] = PdProtocol.VllmKvt,
        ["vllm-mooncake"] = PdProtocol.VllmMooncake,
        ["sglang-mooncake"] = PdProtocol.SglangMooncake,
    };

    private readonly Option<string> _protocol = new("--pd-disagg-protocol")
    {
        Description = "How prefill and decode engines work together: vllm-kvt, vllm-mooncake (and all of the NIXL shape) or sglang-mooncake. Empty: not separated.",

        // Manifests also give it as --pd-disagg-protocol=, without a value.
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _staged = new("--separate-pd-scheduling")
    {
        Description = "Choose the decode engine by a decision of its own, after the prefill, instead of both at once.",
    };

    private readonly Option<int> _bootstrap = NumberOption.Create(
        "--bootstrap-port", "With sglang-mooncake: port of the prefill engines' bootstrap servers; 0: SGLang's default.", 0, 0, IPEndPoint.MaxPort);

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_protocol);
        command.Add(_staged);
        command.Add(_bootstrap);
    }

    /// <summary>Takes their values over.</summary>
    /// <param name="parsed">The values.</param>
    /// <param name="options">Changed only when there is no problem.</param>
    /// <returns>What is wrong, by name; null when nothing is.</returns>
    internal string? Apply(ParseResult parsed, ref GatewayOptions options)
    {
        if (!Protocols.TryGetValue(parsed.GetValue(_protocol) ?? "", out PdProtocol protocol))
        {
            return "--pd-disagg-protocol must be vllm-kvt, vllm-mooncake or sglang-mooncake";
        }

        if (protocol == PdProtocol.None && parsed.GetValue(_staged))
        {
            return "--separate-pd-scheduling has no meaning without --pd-disagg-protocol";
        }

        if (protocol != PdProtocol.SglangMooncake && parsed.GetValue(_bootstrap) > 0)
        {
            return $"--bootstrap-port has no meaning {(protocol == PdProtocol.None ? "without" : "with this")} --pd-disagg-protocol";
        }

        options = options with { PdProtocol = protocol, IsPdStaged = parsed.GetValue(_staged), BootstrapPort = parsed.GetValue(_bootstrap) };
        return null;
    }
}
