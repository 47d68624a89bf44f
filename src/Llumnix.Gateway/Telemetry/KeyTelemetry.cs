using System.Collections.Concurrent;
using Llumnix.Gateway.Keys;
using Prometheus;

namespace Llumnix.Gateway.Telemetry;

/// <summary>The metrics of API keys, by the keys' names. Safe for concurrent use.</summary>
internal sealed class KeyTelemetry
{
    /// <summary>Further names share one label, since a file may be replaced by one with other names any number of times.</summary>
    internal const int MaxNames = 1000;

    private const string Overflow = "_overflow";

    private readonly ConcurrentDictionary<string, Counts> _byName = new(StringComparer.Ordinal);
    private readonly Lazy<Counts> _overflow;
    private readonly Func<string, Counts> _make;
    private readonly Counter _unauthorized;

    /// <param name="factory">Makes the metrics.</param>
    public KeyTelemetry(IMetricFactory factory)
    {
        Counter requests = factory.CreateCounter("gateway_key_requests_total", "Requests of an API key that have ended.", ["key"]);
        Counter tokens = factory.CreateCounter("gateway_key_tokens_total", "Tokens of prompts and answers, as a key's allowance counts them.", ["key"]);
        Counter refusals = factory.CreateCounter(
            "gateway_key_refusals_total", "Requests that were refused since the minute's requests or tokens of the key were used up.", ["key", "reason"]);
        _unauthorized = factory.CreateCounter("gateway_unauthorized_total", "Requests without a key that is accepted.");
        _make = name => new Counts(
            requests.WithLabels(name), tokens.WithLabels(name), refusals.WithLabels(name, RequestQuota.Requests), refusals.WithLabels(name, RequestQuota.Tokens));
        _overflow = new Lazy<Counts>(() => _make(Overflow));
    }

    /// <summary>A request had no key that is accepted.</summary>
    public void OnUnauthorized() => _unauthorized.Inc();

    /// <summary>A request is over.</summary>
    /// <param name="key">The name of its key.</param>
    /// <param name="tokens">The tokens of its prompt and answer, 0 or above.</param>
    /// <param name="refusal">The allowance that refused it, <see cref="RequestQuota.Requests"/> or <see cref="RequestQuota.Tokens"/>; null when none did.</param>
    public void OnDone(string key, long tokens, string? refusal)
    {
        Counts counts = Of(key);
        counts.Requests.Inc();
        counts.Tokens.Inc(tokens);
        if (refusal is not null)
        {
            (refusal == RequestQuota.Requests ? counts.RefusedByRequests : counts.RefusedByTokens).Inc();
        }
    }

    private Counts Of(string name) =>
        _byName.TryGetValue(name, out Counts? known) ? known
        : _byName.Count < MaxNames ? _byName.GetOrAdd(name, _make)
        : _overflow.Value;

    private sealed record Counts(Counter.Child Requests, Counter.Child Tokens, Counter.Child RefusedByRequests, Counter.Child RefusedByTokens);
}
