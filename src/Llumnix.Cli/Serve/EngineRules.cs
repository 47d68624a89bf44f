using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Options;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Serve;

/// <summary>Which engines must be named, and which must not.</summary>
internal static class EngineRules
{
    private const string Prefills = "prefill-engines";
    private const string Decodes = "decode-engines";

    /// <summary>What is wrong with the engines.</summary>
    public static IEnumerable<OptionProblem> FindErrors(AssignedOptions<ServeSettings> assigned) =>
    [
        .. assigned.Options.Gateway.PdProtocol == PdProtocol.None ? FindNeutral(assigned) : FindDisaggregated(assigned),
        .. assigned.Options is { IsCacheAware: true, AreEngineMetricsRead: false } ? [assigned.Problem("cache-aware", "does not go with --engine-metrics=false")]
            : Array.Empty<OptionProblem>(),
        .. FindContradictions(assigned),
    ];

    private static IEnumerable<OptionProblem> FindNeutral(AssignedOptions<ServeSettings> assigned)
    {
        ServeSettings settings = assigned.Options;
        bool namesOthers = settings.PrefillEngines.Count + settings.DecodeEngines.Count > 0;
        if (settings.Engines.Count == 0 && !namesOthers && settings.Gateway.WithRoutes(out _).Routes?.ServesWithoutFleet != true)
        {
            yield return assigned.Problem("engines", "names no engine; at least one is needed, or routes to external endpoints (--route-config)");
        }

        if (settings.Engines.FirstOrDefault(static engine => engine.Role is InferType.Prefill or InferType.Decode) is { } split)
        {
            yield return assigned.Problem("engines", $"role={split.Role!.Value.ToName()} needs --pd-disagg-protocol");
        }

        (string Option, int Count)[] others =
        [
            (Prefills, settings.PrefillEngines.Count), (Decodes, settings.DecodeEngines.Count), ("kv-transfer-ports", settings.KvTransferPorts.Count),
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
        if (settings.Engines.Any(static engine => engine.Role is null or InferType.Neutral))
        {
            yield return assigned.Problem(
                "engines", "names an engine without role=prefill or role=decode, which does not go with --pd-disagg-protocol: name --prefill-engines and --decode-engines");
        }

        if (settings.PrefillEngines.Count == 0 && !settings.Engines.Any(static engine => engine.Role == InferType.Prefill))
        {
            yield return assigned.Problem(Prefills, noEngine);
        }

        if (settings.DecodeEngines.Count == 0 && !settings.Engines.Any(static engine => engine.Role == InferType.Decode))
        {
            yield return assigned.Problem(Decodes, noEngine);
        }

        if (FindPortsProblem(settings) is { } message)
        {
            yield return assigned.Problem("kv-transfer-ports", message);
        }
    }

    /// <summary>Roles that contradict the option, and engines that stand in two options.</summary>
    private static IEnumerable<OptionProblem> FindContradictions(AssignedOptions<ServeSettings> assigned)
    {
        ServeSettings settings = assigned.Options;
        (string Option, InferType Role, IReadOnlyList<ListedEngine> Engines)[] lists =
            [(Prefills, InferType.Prefill, settings.PrefillEngines), (Decodes, InferType.Decode, settings.DecodeEngines)];
        var addresses = settings.Engines.Select(static engine => (engine.Host, engine.Port)).ToHashSet();
        var names = settings.Engines.Select(static engine => engine.Name).ToHashSet(StringComparer.Ordinal);
        foreach ((string option, InferType role, IReadOnlyList<ListedEngine> engines) in lists)
        {
            if (engines.FirstOrDefault(engine => engine.Role is { } other && other != role) is { } odd)
            {
                yield return assigned.Problem(option, $"names an engine with role={odd.Role!.Value.ToName()}");
            }

            if (engines.FirstOrDefault(engine => !addresses.Add((engine.Host, engine.Port)) || (engine.Name.Length > 0 && !names.Add(engine.Name))) is { } twice)
            {
                yield return assigned.Problem(option, $"names {(twice.Name.Length > 0 ? twice.Name : $"{twice.Host}:{twice.Port}")}, as another option does");
            }
        }
    }

    private static string? FindPortsProblem(ServeSettings settings)
    {
        int ports = settings.KvTransferPorts.Count;
        DiscoveredInstance[] prefills = [.. settings.ToInstances().Where(static engine => engine.InferType == InferType.Prefill)];
        return settings.Gateway.PdProtocol != PdProtocol.VllmKvt ? (ports > 0 ? GatewayRules.Meaningless(settings.Gateway.PdProtocol) : null)
            : ports > 1 && ports != prefills.Length ? "must name one port for all prefill engines, or one for each"
            : prefills.Any(static engine => engine.AuxPort == 0) ? "is needed: 20000 above the port of a prefill engine is no port"
            : null;
    }
}
