using System.Net.WebSockets;
using System.Text.Json;
using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http.Endpoints;

/// <summary>
/// <c>/keepalive</c>: the keep-alive WebSocket of a gateway. The gateway sends the address of its end of the connection, which is its id from then on; the
/// scheduler answers <c>ok</c> and pings. When pongs stay away or the connection breaks, the gateway counts as lost, and its request states are released.
/// </summary>
internal sealed partial class KeepAliveEndpoint(
    IGatewaySink gateways,
    GatewaySlots slots,
    KeepAliveSettings settings,
    GatewayTelemetry telemetry,
    RefusalTelemetry refusals,
    TimeProvider time,
    ILogger<KeepAliveEndpoint> logger,
    CancellationToken stopping) : IEndpoint
{
    private const int MaxHandshakeBytes = 1024;
    private static readonly byte[] Accepted = "ok"u8.ToArray();

    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context)
    {
        if (stopping.IsCancellationRequested)
        {
            // The client's next connection should go to the scheduler that takes over.
            await ErrorResponse.WriteBusyAsync(context, "stopping");
            return;
        }

        if (!context.WebSockets.IsWebSocketRequest)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "this is a WebSocket endpoint");
            return;
        }

        using GatewaySlots.Slot? slot = slots.TryEnter(context.Connection.RemoteIpAddress, context.Connection.RemotePort);
        if (slot is null)
        {
            refusals.Gateways.Inc();
            await ErrorResponse.WriteBusyAsync(context, "too many keep-alive connections");
            return;
        }

        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        try
        {
            await ServeAsync(socket, context.Connection, slot, ended.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // Broken, too slow, or the process is stopping: the gateway's states have already been released.
            socket.Abort();
        }
    }

    private async Task ServeAsync(WebSocket socket, ConnectionInfo connection, GatewaySlots.Slot slot, CancellationToken cancellation)
    {
        if (await ReadGatewayIdAsync(socket, cancellation) is not { } gatewayId)
        {
            LogMalformed(logger);
            await CloseAsync(socket, WebSocketCloseStatus.InvalidPayloadData, "expected {\"host\":...,\"port\":...}", cancellation);
            return;
        }

        if (!slot.TryName(gatewayId))
        {
            refusals.Gateways.Inc();
            await CloseAsync(socket, WebSocketCloseStatus.PolicyViolation, "too many connections under this id", cancellation);
            return;
        }

        // Connected before the answer is sent: requests that the gateway schedules after reading it belong to a connected gateway.
        bool isProven = IsRemoteEndOf(connection, gatewayId);
        gateways.OnGatewayConnected(gatewayId, isProven);
        LogConnected(logger, gatewayId);
        try
        {
            await socket.SendAsync(Accepted, WebSocketMessageType.Text, endOfMessage: true, cancellation);
            await DropFramesAsync(socket, cancellation);
        }
        finally
        {
            gateways.OnGatewayLost(gatewayId, isProven);
            telemetry.OnLost();
            LogLost(logger, gatewayId);
        }

        await CloseAsync(socket, WebSocketCloseStatus.NormalClosure, null, cancellation);
    }

    private async Task<string?> ReadGatewayIdAsync(WebSocket socket, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(settings.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        byte[] frame = new byte[MaxHandshakeBytes];
        int length = 0;
        while (length < frame.Length)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(frame.AsMemory(length), either.Token);
            length += received.Count;
            if (received.MessageType != WebSocketMessageType.Text)
            {
                return null;
            }

            if (received.EndOfMessage)
            {
                return GatewayId(frame.AsSpan(0, length));
            }
        }

        return null;
    }

    private static string? GatewayId(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, HttpJsonContext.Default.Endpoint) is { Host.Length: > 0 and <= BodyBounds.MaxTextBytes, Port: > 0 and <= 65535 } endpoint
                ? HostAddress.NormalizeEndpoint(HostAddress.EndpointOf(endpoint.Host, endpoint.Port))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the id is the remote end of the connection, which proves that it belongs to this gateway. Behind a proxy or a translated address ids
    /// cannot be proven and are accepted as claimed.
    /// </summary>
    private static bool IsRemoteEndOf(ConnectionInfo connection, string gatewayId) => connection.RemoteIpAddress is { } address
        && gatewayId == HostAddress.NormalizeEndpoint(HostAddress.EndpointOf(address.ToString(), connection.RemotePort));

    /// <summary>Gateways send nothing more; a pending receive is needed for pongs to be processed.</summary>
    private static async Task DropFramesAsync(WebSocket socket, CancellationToken cancellation)
    {
        byte[] buffer = new byte[256];
        ValueWebSocketReceiveResult received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
        }
        while (received.MessageType != WebSocketMessageType.Close);
    }

    private async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string? reason, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(settings.HandshakeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        await socket.CloseOutputAsync(status, reason, either.Token);
    }

    [LoggerMessage(LogLevel.Information, "Gateway {GatewayId} is connected")]
    private static partial void LogConnected(ILogger logger, string gatewayId);

    [LoggerMessage(LogLevel.Information, "Gateway {GatewayId} is gone; what it held is released")]
    private static partial void LogLost(ILogger logger, string gatewayId);

    [LoggerMessage(LogLevel.Warning, "A keep-alive connection was closed: its first frame does not say who the gateway is")]
    private static partial void LogMalformed(ILogger logger);
}
