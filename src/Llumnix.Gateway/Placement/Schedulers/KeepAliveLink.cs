using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text.Json;
using Llumnix.Adapters.Outages;
using Llumnix.Protocol.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>
/// A gateway's keep-alive connection to the scheduler. The address of its own end is the gateway's id. A broken connection is replaced by a new one,
/// with a new id.
/// </summary>
/// <param name="scheduler">Where the scheduler is.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Broken connections.</param>
public sealed partial class KeepAliveLink(SchedulerAccess scheduler, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReconnectDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestReconnectDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(3);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _gatewayId = "";
    private volatile bool _isConnected;

    /// <summary>The present id of this gateway; empty before the first connection.</summary>
    public string GatewayId => _gatewayId;

    /// <summary>Completes with the first connection.</summary>
    public Task Connected => _connected.Task;

    /// <summary>Whether there is a connection at the moment, as far as is known.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Called with each connection.</summary>
    public Action? OnConnected { get; init; }

    /// <summary>Called with each attempt to connect that has met nobody, and with the reason; not where somebody has answered otherwise than expected.</summary>
    public Action<string>? OnUnreachable { get; init; }

    /// <summary>Keeps a connection until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeSpan delay = ReconnectDelay;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await HoldAsync(cancellation);
            }
            catch (Exception e) when (e is WebSocketException or IOException or SocketException or InvalidDataException or OperationCanceledException)
            {
                string reason = e is InvalidDataException or WebSocketException { InnerException: null } ? e.Message : FailureText.Describe(e);
                LogBroken(reason);
                if (!_isConnected && !cancellation.IsCancellationRequested && HasMetNobody(e))
                {
                    OnUnreachable?.Invoke(reason);
                }
            }

            delay = _isConnected ? ReconnectDelay : delay;
            _isConnected = false;
            await Task.Delay(delay, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            delay = 2 * delay < LongestReconnectDelay ? 2 * delay : LongestReconnectDelay;
        }
    }

    private async Task HoldAsync(CancellationToken cancellation)
    {
        IPEndPoint? local = null;
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = async (context, token) =>
        {
            Socket opened = await OpenAsync(context.DnsEndPoint, token);
            local = (IPEndPoint)opened.LocalEndPoint!;
            return new NetworkStream(opened, ownsSocket: true);
        } };
        using var invoker = new HttpMessageInvoker(handler);
        using var socket = new ClientWebSocket();
        // A scheduler whose machine has gone ends no connection; its pongs stay away.
        socket.Options.KeepAliveInterval = PingInterval;
        socket.Options.KeepAliveTimeout = 2 * PingInterval;
        if (scheduler.ServiceToken.Length > 0)
        {
            socket.Options.SetRequestHeader("Authorization", scheduler.ServiceToken);
        }

        using (var limit = new CancellationTokenSource(ConnectTimeout, time))
        using (var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation))
        {
            await socket.ConnectAsync(KeepAlive(scheduler.Url), invoker, either.Token);
            await IntroduceAsync(socket, local!, either.Token);
        }

        await ReadToEndAsync(socket, cancellation);
    }

    /// <summary>Refused, not routed, not resolved, or too slow; who resets a connection has taken it.</summary>
    private static bool HasMetNobody(Exception exception) =>
        exception is OperationCanceledException or SocketException { SocketErrorCode: not (SocketError.ConnectionReset or SocketError.ConnectionAborted) } || (exception.InnerException is { } inner && HasMetNobody(inner));

    private async Task IntroduceAsync(ClientWebSocket socket, IPEndPoint local, CancellationToken cancellation)
    {
        var own = new Endpoint((local.Address.IsIPv4MappedToIPv6 ? local.Address.MapToIPv4() : local.Address).ToString(), local.Port);
        byte[] frame = JsonSerializer.SerializeToUtf8Bytes(own, HttpJsonContext.Default.Endpoint);
        await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, cancellation);
        byte[] answer = new byte[16];
        WebSocketReceiveResult received = await socket.ReceiveAsync(answer, cancellation);
        if (!answer.AsSpan(0, received.Count).SequenceEqual("ok"u8))
        {
            throw new InvalidDataException("the scheduler did not answer ok");
        }

        _gatewayId = string.Create(CultureInfo.InvariantCulture, $"{own.Host}:{own.Port}");
        _isConnected = true;
        _connected.TrySetResult();
        OnConnected?.Invoke();
    }

    /// <summary>Reads until the connection ends; a pending receive is needed for pings to be answered.</summary>
    private static async Task ReadToEndAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        byte[] buffer = new byte[256];
        while ((await socket.ReceiveAsync(buffer, cancellation)).MessageType != WebSocketMessageType.Close)
        {
        }
    }

    private static async Task<Socket> OpenAsync(DnsEndPoint scheduler, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(scheduler, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Uri KeepAlive(Uri scheduler) =>
        new UriBuilder(scheduler) { Scheme = scheduler.Scheme == Uri.UriSchemeHttps ? "wss" : "ws", Path = "/keepalive" }.Uri;

    [LoggerMessage(LogLevel.Debug, "The keep-alive connection has ended: {Reason}")]
    private partial void LogBroken(string reason);
}
