using Llumnix.Adapters.Options;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Options;

/// <summary>The forbidden combinations among the flags that <c>serve</c> and <c>gateway</c> share.</summary>
internal static class GatewayRules
{
    /// <summary>What is wrong.</summary>
    /// <param name="assigned">The options.</param>
    /// <param name="gateway">The gateway's options in them.</param>
    public static IEnumerable<OptionProblem> FindErrors<TOptions>(AssignedOptions<TOptions> assigned, GatewayOptions gateway)
    {
        if (gateway is { TlsCertificateFile.Length: > 0, TlsKeyFile.Length: 0 })
        {
            yield return assigned.Problem("tls-cert-file", "needs --tls-key-file");
        }

        if (gateway is { TlsKeyFile.Length: > 0, TlsCertificateFile.Length: 0 })
        {
            yield return assigned.Problem("tls-key-file", "needs --tls-cert-file");
        }

        if (gateway is { IsAuthorizationForwarded: true, EngineApiKeyFile.Length: > 0 })
        {
            yield return assigned.Problem("forward-authorization", "does not go with --engine-api-key-file: engines are sent either the clients' credentials or a key of their own");
        }

        gateway.WithRoutes(out string? problem);
        if (problem is not null)
        {
            yield return assigned.Problem(gateway.RouteConfig.Reveal().Length > 0 ? "route-config" : "route-policy", problem);
        }

        if (gateway is { PdProtocol: PdProtocol.None, IsPdStaged: true })
        {
            yield return assigned.Problem("separate-pd-scheduling", Meaningless(gateway.PdProtocol));
        }

        if (gateway.PdProtocol != PdProtocol.SglangMooncake && gateway.BootstrapPort > 0)
        {
            yield return assigned.Problem("bootstrap-port", Meaningless(gateway.PdProtocol));
        }
    }

    /// <summary>What is doubtful.</summary>
    /// <param name="assigned">The options.</param>
    /// <param name="gateway">The gateway's options in them.</param>
    public static IEnumerable<OptionProblem> FindWarnings<TOptions>(AssignedOptions<TOptions> assigned, GatewayOptions gateway)
    {
        OptionProblem keys = assigned.Problem("route-config", "process listings show the API keys in it; give the routes by --route-config-file");
        bool isShown = keys.Source.Kind is OptionSourceKind.Flag or OptionSourceKind.ExtraArguments && !keys.Source.Place.EndsWith("file", StringComparison.Ordinal);
        return isShown && gateway.WithRoutes(out _).Routes is { HasKeys: true } ? [keys] : [];
    }

    /// <summary>The message about an option that does not go with the protocol.</summary>
    public static string Meaningless(PdProtocol protocol) => $"has no meaning {(protocol == PdProtocol.None ? "without" : "with this")} --pd-disagg-protocol";
}
