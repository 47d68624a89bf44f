using System.Collections.Concurrent;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Health;

/// <summary>
/// Engines that answer 401 or 403: told in the log once for each, until it answers otherwise, counted, and named by /readyz. Where clients' credentials are passed on,
/// such an answer is about the client and none of this happens. Safe for concurrent use.
/// </summary>
/// <param name="access">What engines are shown.</param>
/// <param name="directory">The engines that there are.</param>
/// <param name="telemetry">Counts.</param>
/// <param name="logger">Is told of an engine when it begins to deny, and when that ends.</param>
internal sealed partial class DeniedEngines(EngineAccess access, EngineDirectory directory, GatewayTelemetry telemetry, ILogger<DeniedEngines> logger)
{
    /// <summary>Largest number of remembered engines.</summary>
    private const int MaxEngines = 4096;

    private const int NamedEngines = 5;
    private readonly ConcurrentDictionary<string, int> _denying = new(StringComparer.Ordinal);
    private readonly string _advice = access.HasKey
        ? "the key in --engine-api-key-file is not the one that they accept"
        : "they ask for an API key: give it by --engine-api-key-file";

    /// <summary>An engine has answered.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="status">The HTTP status.</param>
    public void OnAnswered(EngineTarget engine, int status)
    {
        if (status is not (StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden))
        {
            if (!_denying.IsEmpty && _denying.TryRemove(AddressOf(engine), out _))
            {
                LogAccepted(engine.Endpoint);
            }

            return;
        }

        if (access.ShowsClients)
        {
            return;
        }

        telemetry.OnDenied(status);
        if (_denying.Count < MaxEngines && _denying.TryAdd(AddressOf(engine), status))
        {
            LogDenied(engine.Endpoint, status, _advice);
        }
    }

    /// <summary>A warning that names the engines that deny; null when none does.</summary>
    public string? FindWarning()
    {
        if (_denying.IsEmpty)
        {
            return null;
        }

        string[] denying =
        [
            .. directory.Engines.Where(engine => _denying.ContainsKey(AddressOf(engine))).Select(static engine => engine.Endpoint).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        string more = denying.Length > NamedEngines ? FormattableString.Invariant($" and {denying.Length - NamedEngines} more") : "";
        return denying.Length == 0 ? null : FormattableString.Invariant(
            $"{denying.Length} of {directory.Engines.Count} engines deny requests with 401 or 403 ({string.Join(", ", denying.Take(NamedEngines))}{more}); {_advice}");
    }

    /// <summary>By address: schedulers and discovery may have different ids for an engine.</summary>
    private static string AddressOf(EngineTarget engine) => FormattableString.Invariant($"{engine.Host}:{engine.Port}");

    [LoggerMessage(LogLevel.Warning, "Engine {Engine} denies requests with status {Status}; {Advice}")]
    private partial void LogDenied(string engine, int status, string advice);

    [LoggerMessage(LogLevel.Information, "Engine {Engine} no longer denies requests")]
    private partial void LogAccepted(string engine);
}
