using System.Net;
using System.Net.Sockets;
using Llumnix.Adapters.Outages;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>One name that discovery by DNS looks up, with its last answer. For one thread at a time.</summary>
/// <param name="endpoint">The name, and the port of the engines behind it.</param>
/// <param name="role">What the engines behind it do.</param>
/// <param name="lookUp">Asks the resolver.</param>
internal sealed class DnsName(DnsEndPoint endpoint, InferType role, DnsLookup lookUp)
{
    private Task<IPAddress[]>? _pending;

    /// <summary>The instances of the last answer; null before the first one.</summary>
    public IReadOnlyList<DiscoveredInstance>? Instances { get; private set; }

    /// <summary>Looks the name up. When that fails, the instances of the last answer stay.</summary>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="time">Measures the timeout.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why there is no answer; null when there is one.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<string?> RefreshAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            // The system's resolver cannot be cancelled: a lookup that outlasts its timeout is awaited again, so that at most one per name runs.
            _pending ??= lookUp(endpoint.Host);
            IPAddress[] addresses = await _pending.WaitAsync(timeout, time, cancellationToken);
            _pending = null;
            Instances = Describe(addresses);
            return null;
        }
        catch (TimeoutException) when (_pending is { IsCompleted: false })
        {
            return $"{endpoint.Host}: no answer within {timeout.TotalSeconds} s";
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            _pending = null;
            Instances = [];
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            _pending = null;
            return $"{endpoint.Host}: {FailureText.Describe(e)}";
        }
    }

    // A pod of a dual-stack service has an address of each family and would be two instances: the families are not mixed.
    private DiscoveredInstance[] Describe(IPAddress[] addresses)
    {
        IPAddress[] plain = [.. addresses.Select(static a => a.IsIPv4MappedToIPv6 ? a.MapToIPv4() : a)];
        bool hasIPv4 = Array.Exists(plain, static a => a.AddressFamily == AddressFamily.InterNetwork);
        return
        [
            .. plain.Where(a => !hasIPv4 || a.AddressFamily == AddressFamily.InterNetwork)
                .Select(static a => a.ToString())
                .Order(StringComparer.Ordinal)
                .Select(host => StaticDiscovery.Describe(new DnsEndPoint(host, endpoint.Port), role)),
        ];
    }
}
