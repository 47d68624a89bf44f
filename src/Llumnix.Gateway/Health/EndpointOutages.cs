using System.Collections.Concurrent;
using Llumnix.Adapters.Outages;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Health;

/// <summary>
/// Logs when endpoints that a configuration names, external or a mirror, begin to fail, and when they answer again, as <see cref="OutageLog"/> decides for each of them,
/// whatever the number of requests. Safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">Gets the lines.</param>
internal sealed partial class EndpointOutages(TimeProvider time, ILogger<EndpointOutages> logger)
{
    /// <summary>Largest number of remembered endpoints; a file that names others again and again must not make this grow.</summary>
    private const int MaxEndpoints = 1024;

    private readonly ConcurrentDictionary<string, Endpoint> _failed = new(StringComparer.Ordinal);

    /// <summary>A request has failed there.</summary>
    /// <param name="endpoint">Its base address, without credentials.</param>
    /// <param name="reason">Why, in a few words; nothing that the endpoint has said.</param>
    public void OnFailed(Uri endpoint, string reason)
    {
        if (Find(endpoint.AbsoluteUri) is { } known && known.Fails(reason))
        {
            LogFailed(endpoint.AbsoluteUri, reason);
        }
    }

    /// <summary>A request has been answered there.</summary>
    /// <param name="endpoint">Its base address, without credentials.</param>
    public void OnAnswered(Uri endpoint)
    {
        if (!_failed.IsEmpty && _failed.TryGetValue(endpoint.AbsoluteUri, out Endpoint? known) && known.Answers())
        {
            LogAnswers(endpoint.AbsoluteUri);
        }
    }

    /// <returns>Null when too many others fail.</returns>
    private Endpoint? Find(string address)
    {
        if (_failed.TryGetValue(address, out Endpoint? known))
        {
            return known;
        }

        if (_failed.Count >= MaxEndpoints)
        {
            foreach ((string other, Endpoint endpoint) in _failed)
            {
                if (!endpoint.IsFailing)
                {
                    _failed.TryRemove(other, out _);
                }
            }
        }

        return _failed.Count < MaxEndpoints ? _failed.GetOrAdd(address, new Endpoint(time)) : null;
    }

    [LoggerMessage(LogLevel.Warning, "The endpoint {Endpoint} fails: {Reason}")]
    private partial void LogFailed(string endpoint, string reason);

    [LoggerMessage(LogLevel.Information, "The endpoint {Endpoint} answers again")]
    private partial void LogAnswers(string endpoint);

    /// <summary>What is known of an endpoint that has failed.</summary>
    private sealed class Endpoint(TimeProvider time)
    {
        private readonly Lock _gate = new();
        private readonly OutageLog _log = new(time);
        private volatile bool _isFailing;

        public bool IsFailing => _isFailing;

        public bool Fails(string reason)
        {
            lock (_gate)
            {
                _isFailing = true;
                return _log.Fails(reason);
            }
        }

        public bool Answers()
        {
            if (!_isFailing)
            {
                return false;
            }

            lock (_gate)
            {
                _isFailing = false;
                return _log.Answers();
            }
        }
    }
}
