using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Probes;

/// <summary>Connects to an API server and asks for <c>/health</c>, over a connection of its own each time. Thread-safe.</summary>
/// <remarks>
/// On the socket, since an HTTP client does not tell bytes that are not HTTP (a server lives there) from a connection that ends without any (a proxy in front
/// of a process that is gone). Only the first bytes of the answer are read. No API key is sent: an engine that asks for one answers 401, and so lives; and what listens
/// at the address of an instance that has gone silent may be another program by now.
/// </remarks>
/// <param name="time">The clock of the timeout.</param>
/// <param name="timeout">The longest time of a probe, above zero.</param>
public sealed class HealthProbe(TimeProvider time, TimeSpan timeout) : IAddressProbe
{
    /// <summary>The length of <c>HTTP/1.1 503</c>.</summary>
    private const int StatusBytes = 12;

    /// <inheritdoc/>
    public async Task<ProbeOutcome> ProbeAsync(InstanceAddress address, CancellationToken cancellationToken)
    {
        string host = address.Host.Trim('[', ']');
        if (address.Port is < 1 or > IPEndPoint.MaxPort || Uri.CheckHostName(host) == UriHostNameType.Unknown)
        {
            return ProbeOutcome.Unknown;
        }

        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await AskAsync(host, address.Port, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeOutcome.NoAnswer;
        }
        catch (SocketException e)
        {
            return OutcomeOf(e.SocketErrorCode);
        }
    }

    private static async Task<ProbeOutcome> AskAsync(string host, int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host, port, cancellationToken);
        string authority = host.Contains(':') ? $"[{host}]" : host;
        byte[] request = Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"GET /health HTTP/1.1\r\nHost: {authority}:{port}\r\nConnection: close\r\n\r\n"));
        await socket.SendAsync(request, cancellationToken);
        byte[] answer = new byte[StatusBytes];
        int length = 0;
        while (length < answer.Length && await socket.ReceiveAsync(answer.AsMemory(length), cancellationToken) is > 0 and var read)
        {
            length += read;
        }

        return length == 0 ? ProbeOutcome.NoAnswer : IsServerError(answer.AsSpan(0, length)) ? ProbeOutcome.Unhealthy : ProbeOutcome.Answers;
    }

    private static bool IsServerError(ReadOnlySpan<byte> answer) => answer.Length == StatusBytes && answer.StartsWith("HTTP/1."u8) && answer[8] == ' ' && answer[9] == '5';

    private static ProbeOutcome OutcomeOf(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => ProbeOutcome.Refused,
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoRecovery or SocketError.NoData => ProbeOutcome.Unknown,
        // Of this process, not of the address.
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AccessDenied => ProbeOutcome.Unknown,
        _ => ProbeOutcome.NoAnswer,
    };
}
