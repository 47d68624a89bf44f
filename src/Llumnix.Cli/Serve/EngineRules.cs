using Llumnix.Adapters.Options;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Serve;

/// <summary>Which engines must be named, and which must not.</summary>
internal static class EngineRules
{
    /// <summary>What is wrong with the engines.</summary>
    public static IEnumerable<OptionProblem> FindErrors(AssignedOptions<ServeSettings> assigned) =>
    [
        .. assigned.Options.Gateway.PdProtocol == PdProtocol.None ? FindNeutral(assigned) : FindDisaggregated(assigned),
        .. assigned.Options is { IsCacheAware: true, AreEngineMetricsRead: false } ? [assigned.Problem("cache-aware", "does not go with --engine-metrics=false")]
            : Array.Empty<OptionProblem>(),
    ];

    private static IEnumerable<OptionProblem> FindNeutral(AssignedOptions<ServeSettings> assigned)
    {
        ServeSettings settings = assigned.Options;
        bool namesOthers = settings.PrefillEngines.Count + settings.DecodeEngines.Count > 0;
        if (settings.Engines.Count == 0 && !namesOthers)
        {
            yield return assigned.Problem("engines", "names no engine; at least one is needed");
        }

        (string Option, int Count)[] others =
        [
            ("prefill-engines", settings.PrefillEngines.Count), ("decode-engines", settings.DecodeEngines.Count), ("kv-transfer-ports", settings.KvTransferPorts.Count),
        ];
        foreach ((string option, _) in others.Where(static other => other.Count > 0))
        {
            yield return assigned.Problem(option, GatewayRules.Meaningless(PdProtocol.None));
        }
    }

    private static IEnumerable<OptionProblem> FindDisaggregated(AssignedOptions<ServeSettings> assigned)
    {
        ServeSettings settings = assigned.Options;
        const string noEngine = "names no engine; --pd-disagg-protocol needs at least one";
        if (settings.Engines.Count > 0)
        {
            yield return assigned.Problem("engines", "does not go with --pd-disagg-protocol: name --prefill-engines and --decode-engines");
        }

        if (settings.PrefillEngines.Count == 0)
        {
            yield return assigned.Problem("prefill-engines", noEngine);
        }

        if (settings.DecodeEngines.Count == 0)
        {
            yield return assigned.Problem("decode-engines", noEngine);
        }

        if (FindPortsProblem(settings) is { } message)
        {
            yield return assigned.Problem("kv-transfer-ports", message);
        }
    }

    private static string? FindPortsProblem(ServeSettings settings)
    {
        int ports = settings.KvTransferPorts.Count;
        return settings.Gateway.PdProtocol != PdProtocol.VllmKvt ? (ports > 0 ? GatewayRules.Meaningless(settings.Gateway.PdProtocol) : null)
            : ports > 1 && ports != settings.PrefillEngines.Count ? "must name one port for all of --prefill-engines, or one for each"
            : settings.ToInstances().Any(static engine => engine is { InferType: InferType.Prefill, AuxPort: 0 })
                ? "is needed: 20000 above the port of one of --prefill-engines is no port"
            : null;
    }
}
