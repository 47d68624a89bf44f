using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Serve;

/// <summary>The options that say which engines there are and how they work together.</summary>
internal sealed class FleetOptions
{
    private readonly Option<string> _engines = new("--engines") { Description = "The engines, http://host:port with commas between." };

    private readonly Option<string> _prefill = new("--prefill-engines")
    {
        Description = "With --pd-disagg-protocol: the engines for prefill, in place of --engines.",
    };

    private readonly Option<string> _decode = new("--decode-engines")
    {
        Description = "With --pd-disagg-protocol: the engines for decode, in place of --engines.",
    };

    private readonly Option<string> _ports = new("--kv-transfer-ports")
    {
        Description = "With vllm-kvt: ports of the prefill engines' KV transfer, in their order with commas between, or one for all. Without it 20000 above the engine's port.",
    };

    private readonly Option<bool> _metrics = new("--engine-metrics")
    {
        Description = "Schedule by what engines' own metrics say of their load, where they have any (vLLM, SGLang); false: by what was sent to them alone.",
        DefaultValueFactory = static _ => true,
    };

    private readonly DisaggregationOptions _disaggregation = new();

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_engines);
        command.Add(_prefill);
        command.Add(_decode);
        command.Add(_ports);
        command.Add(_metrics);
        _disaggregation.AddTo(command);
    }

    /// <summary>Takes their values over.</summary>
    /// <param name="parsed">The values.</param>
    /// <param name="settings">The settings without them.</param>
    /// <param name="applied">The settings with them; null when there is a problem.</param>
    /// <param name="problem">What is wrong, by name; null when nothing is.</param>
    internal bool TryApply(
        ParseResult parsed, ServeSettings settings, [NotNullWhen(true)] out ServeSettings? applied, [NotNullWhen(false)] out string? problem)
    {
        applied = null;
        GatewayOptions gateway = settings.Gateway;
        problem = _disaggregation.Apply(parsed, ref gateway);
        if (problem is not null)
        {
            return false;
        }

        PdProtocol protocol = gateway.PdProtocol;
        ServeSettings result = settings with { Gateway = gateway, AreEngineMetricsRead = parsed.GetValue(_metrics) };
        problem = FindMisfit(parsed, protocol)
            ?? (protocol == PdProtocol.None
                ? Read(parsed, _engines, engines => result = result with { Engines = engines })
                : Read(parsed, _prefill, engines => result = result with { PrefillEngines = engines })
                    ?? Read(parsed, _decode, engines => result = result with { DecodeEngines = engines })
                    ?? ReadPorts(parsed, ref result)
                    ?? FindUnknownPort(result));
        applied = problem is null ? result : null;
        return applied is not null;
    }

    /// <returns>The first option that does not go with the protocol, or is missing; null when there is none.</returns>
    private string? FindMisfit(ParseResult parsed, PdProtocol protocol)
    {
        bool isDisaggregated = protocol != PdProtocol.None;
        return isDisaggregated && IsGiven(parsed, _engines) ? "--engines does not go with --pd-disagg-protocol: name --prefill-engines and --decode-engines"
            : !isDisaggregated && !IsGiven(parsed, _engines) && !IsGiven(parsed, _prefill) ? "--engines is missing: it must name at least one engine"
            : isDisaggregated && !IsGiven(parsed, _prefill) ? "--prefill-engines is missing: --pd-disagg-protocol needs at least one"
            : isDisaggregated && !IsGiven(parsed, _decode) ? "--decode-engines is missing: --pd-disagg-protocol needs at least one"
            : FindWithoutProtocol(parsed, protocol) is { } option ? $"{option.Name} has no meaning {(isDisaggregated ? "with this" : "without")} --pd-disagg-protocol"
            : null;
    }

    private Option? FindWithoutProtocol(ParseResult parsed, PdProtocol protocol)
    {
        (Option Option, bool Fits)[] options =
        [
            (_prefill, protocol != PdProtocol.None),
            (_decode, protocol != PdProtocol.None),
            (_ports, protocol == PdProtocol.VllmKvt),
        ];
        return Array.Find(options, option => !option.Fits && IsGiven(parsed, option.Option)).Option;
    }

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };

    private static string? Read(ParseResult parsed, Option<string> option, Action<IReadOnlyList<DnsEndPoint>> take)
    {
        if (EngineUrls.TryRead(option.Name, parsed.GetValue(option) ?? "", out IReadOnlyList<DnsEndPoint>? engines, out string? problem))
        {
            take(engines);
        }

        return problem;
    }

    private static string? FindUnknownPort(ServeSettings settings) =>
        settings.Gateway.PdProtocol == PdProtocol.VllmKvt && settings.ToInstances().Any(static engine => engine is { InferType: InferType.Prefill, AuxPort: 0 })
            ? "--kv-transfer-ports is missing: 20000 above the port of one of --prefill-engines is no port" : null;

    private string? ReadPorts(ParseResult parsed, ref ServeSettings settings)
    {
        if (parsed.GetValue(_ports) is not { } text)
        {
            return null;
        }

        var ports = new List<int>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is 0 or > IPEndPoint.MaxPort)
            {
                return $"--kv-transfer-ports must be a list of ports from 1 to {IPEndPoint.MaxPort}, with commas between";
            }

            ports.Add(port);
        }

        int engines = settings.PrefillEngines.Count;
        settings = settings with { KvTransferPorts = ports.Count == 1 ? [.. Enumerable.Repeat(ports[0], engines)] : ports };
        return settings.KvTransferPorts.Count == engines ? null : "--kv-transfer-ports must name one port for all of --prefill-engines, or one for each";
    }
}
