using System.Collections.Concurrent;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.KvStore;

/// <summary>Interns host names, so that a name that was seen before costs no allocation. For any threads.</summary>
internal sealed class HostNames
{
    private const int MaxNames = 16_384;
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    internal HostNames() => _bySpan = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The host of <c>host:port</c> or <c>[host]:port</c> in the form in which hosts are compared; an endpoint without a port is a host.
    /// </summary>
    internal string HostOf(ReadOnlySpan<char> endpoint)
    {
        int colon = endpoint.LastIndexOf(':');
        bool isBracketed = endpoint.StartsWith("[") && endpoint.IndexOf(']') > 0;
        ReadOnlySpan<char> host = isBracketed ? endpoint[1..endpoint.IndexOf(']')]
            : colon > 0 && endpoint.IndexOf(':') == colon ? endpoint[..colon]
            : endpoint;
        return _bySpan.TryGetValue(host, out string? known) ? known : Remember(host.ToString());
    }

    private string Remember(string host)
    {
        string normalized = HostAddress.Normalize(host);
        if (_names.Count < MaxNames)
        {
            _names.TryAdd(host, normalized);
        }

        return normalized;
    }
}
