using System.Globalization;
using System.Net.Sockets;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Probes;

/// <summary>Connects to an API server and asks for <c>/health</c>, over a connection of its own each time. Thread-safe.</summary>
/// <remarks>A server that does not speak HTTP, or only over TLS, ends the connection or answers with other bytes: it lives.</remarks>
public sealed class HealthProbe : IAddressProbe, IDisposable
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly HttpClient _http;

    /// <param name="time">The clock of the timeout.</param>
    /// <param name="timeout">The longest time of a probe, above zero.</param>
    public HealthProbe(TimeProvider time, TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        (_time, _timeout) = (time, timeout);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            MaxResponseDrainSize = 0,
            PooledConnectionLifetime = TimeSpan.Zero,
            UseCookies = false,
            UseProxy = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc/>
    public async Task<ProbeOutcome> ProbeAsync(InstanceAddress address, CancellationToken cancellationToken)
    {
        if (UriOf(address) is not { } uri)
        {
            return ProbeOutcome.Unknown;
        }

        using var timeout = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return (int)answer.StatusCode >= 500 ? ProbeOutcome.Unhealthy : ProbeOutcome.Answers;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeOutcome.NoAnswer;
        }
        catch (HttpRequestException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return OutcomeOf(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static ProbeOutcome OutcomeOf(HttpRequestException error) => error.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => ProbeOutcome.Unknown,
        HttpRequestError.ConnectionError => (error.InnerException as SocketException)?.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => ProbeOutcome.Refused,
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoRecovery or SocketError.NoData => ProbeOutcome.Unknown,
            // Of this process, not of the address.
            SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AccessDenied => ProbeOutcome.Unknown,
            _ => ProbeOutcome.NoAnswer,
        },
        _ => ProbeOutcome.Answers,
    };

    private static Uri? UriOf(InstanceAddress address)
    {
        string host = address.Host.Trim('[', ']');
        return address.Port is > 0 and <= 65535
            && Uri.CheckHostName(host) != UriHostNameType.Unknown
            && Uri.TryCreate(
                string.Create(CultureInfo.InvariantCulture, $"http://{(host.Contains(':') ? $"[{host}]" : host)}:{address.Port}/health"),
                UriKind.Absolute,
                out Uri? uri)
            ? uri
            : null;
    }
}
