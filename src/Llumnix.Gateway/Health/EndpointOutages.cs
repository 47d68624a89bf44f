using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Health;

/// <summary>
/// Logs when an endpoint that a configuration names, external or a mirror, begins to fail, and when it answers again: one line each, whatever the number of
/// requests. Safe for concurrent use.
/// </summary>
/// <param name="logger">Gets the lines.</param>
internal sealed partial class EndpointOutages(ILogger<EndpointOutages> logger)
{
    /// <summary>Largest number of remembered endpoints; a file that names others again and again must not make this grow.</summary>
    private const int MaxEndpoints = 1024;

    private readonly ConcurrentDictionary<string, string> _failing = new(StringComparer.Ordinal);

    /// <summary>A request has failed there.</summary>
    /// <param name="endpoint">Its base address, without credentials.</param>
    /// <param name="reason">Why, in a few words; nothing that the endpoint has said.</param>
    public void OnFailed(Uri endpoint, string reason)
    {
        if (_failing.Count < MaxEndpoints && _failing.TryAdd(endpoint.AbsoluteUri, reason))
        {
            LogFailed(endpoint.AbsoluteUri, reason);
        }
    }

    /// <summary>A request has been answered there.</summary>
    /// <param name="endpoint">Its base address, without credentials.</param>
    public void OnAnswered(Uri endpoint)
    {
        if (!_failing.IsEmpty && _failing.TryRemove(endpoint.AbsoluteUri, out _))
        {
            LogAnswers(endpoint.AbsoluteUri);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The endpoint {Endpoint} fails: {Reason}")]
    private partial void LogFailed(string endpoint, string reason);

    [LoggerMessage(LogLevel.Information, "The endpoint {Endpoint} answers again")]
    private partial void LogAnswers(string endpoint);
}
