using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;
using Llumnix.Server.Telemetry;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Server.Tests.Http.Endpoints;

/// <summary>The endpoint over real sockets, with pings that come fast.</summary>
public sealed class KeepAliveEndpointTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly RecordingGateways _gateways = new();
    private WebApplication _app = null!;

    private Uri Address => new(new UriBuilder(_app.Urls.First()) { Scheme = "ws", Path = "/keepalive" }.Uri.ToString());

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        var settings = new KeepAliveSettings { PingInterval = TimeSpan.FromMilliseconds(100), HandshakeTimeout = TimeSpan.FromMilliseconds(500) };
        var factory = Prometheus.Metrics.WithCustomRegistry(Prometheus.Metrics.NewCustomRegistry());
        var endpoint = new KeepAliveEndpoint(
            _gateways,
            new GatewaySlots(perAddress: 4, perGateway: 2),
            settings,
            new GatewayTelemetry(factory),
            new RefusalTelemetry(factory),
            TimeProvider.System,
            NullLogger<KeepAliveEndpoint>.Instance,
            _app.Lifetime.ApplicationStopping);
        _app.Run(new WebSocketGate(_app.Services, settings, endpoint).HandleAsync);
        await _app.StartAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Gateway_SaysWhoItIs_IsConnectedUntilItCloses()
    {
        using ClientWebSocket socket = await ConnectAsync("""{"host":"10.0.0.5","port":41234}""");
        Assert.Equal("ok", await ReadTextAsync(socket));
        Assert.Equal(["+10.0.0.5:41234"], _gateways.Events.ToArray());
        await socket.SendAsync("dropped"u8.ToArray(), WebSocketMessageType.Text, true, Cancellation);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        await Eventually.TrueAsync(() => _gateways.Events.Count == 2);
        Assert.Equal(["+10.0.0.5:41234", "-10.0.0.5:41234"], _gateways.Events);
    }

    /// <summary>A connection by hand, since who opens one through a client library does not learn its own end of it.</summary>
    [Theory]
    [InlineData("127.0.0.1", 0, " proven")]
    [InlineData("::ffff:127.0.0.1", 0, " proven")]
    [InlineData("[::ffff:127.0.0.1]", 0, " proven")]
    [InlineData("127.0.0.1", 1, "")]
    [InlineData("127.0.0.2", 0, "")]
    [InlineData("localhost", 0, "")]
    public async Task Gateway_IdIsItsEndOfTheConnection_IsProven(string host, int portBeside, string expected)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Address.Port, Cancellation);
        int port = ((IPEndPoint)client.Client.LocalEndPoint!).Port + portBeside;
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(
            "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"u8
                .ToArray(),
            Cancellation);
        byte[] answer = new byte[1024];
        Assert.StartsWith("HTTP/1.1 101", Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer, Cancellation)), StringComparison.Ordinal);
        using WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions());
        await socket.SendAsync(
            Encoding.UTF8.GetBytes($$"""{"host":"{{host}}","port":{{port}}}"""), WebSocketMessageType.Text, true, Cancellation);
        await socket.ReceiveAsync(new byte[16], Cancellation);
        socket.Abort();
        client.Close();
        await Eventually.TrueAsync(() => _gateways.Events.Count == 2);
        string id = $"{(host.Contains("ffff", StringComparison.Ordinal) ? "127.0.0.1" : host)}:{port}{expected}";
        Assert.Equal(["+" + id, "-" + id], _gateways.Events);
    }

    [Theory]
    [InlineData("fd00::1")]
    [InlineData("[FD00:0::1]")]
    [InlineData("fd00:0:0:0:0:0:0:1%eth0")]
    public async Task Gateway_IPv6InAnyForm_IsOneGateway(string host)
    {
        using ClientWebSocket socket = await ConnectAsync($$"""{"host":"{{host}}","port":41234}""");
        Assert.Equal("ok", await ReadTextAsync(socket));
        Assert.Equal(["+[fd00::1]:41234"], _gateways.Events.ToArray());
    }

    [Fact]
    public async Task Gateway_AnswersPings_StaysWhileOneThatDoesNotIsGone()
    {
        using ClientWebSocket socket = await ConnectAsync("""{"host":"10.0.0.5","port":41234}""");
        await ReadTextAsync(socket);
        Task<string> reading = ReadTextAsync(socket);
        await using GatewayProcess silent = await GatewayProcess.StartAsync(Address.Port, 777);
        await Eventually.TrueAsync(() => _gateways.Events.Contains($"-{silent.Id}"));
        Assert.Equal(["+10.0.0.5:41234", $"+{silent.Id}", $"-{silent.Id}"], _gateways.Events);
        Assert.False(reading.IsCompleted);
        socket.Abort();
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("""{"host":"","port":1}""")]
    [InlineData("""{"host":"h","port":0}""")]
    [InlineData("""{"host":"h","port":65536}""")]
    [InlineData("""{"port":5}""")]
    public async Task Handshake_Malformed_IsClosed(string frame)
    {
        using ClientWebSocket socket = await ConnectAsync(frame);
        var buffer = new byte[16];
        WebSocketReceiveResult closed = await socket.ReceiveAsync(buffer, Cancellation);
        Assert.Equal(WebSocketMessageType.Close, closed.MessageType);
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, closed.CloseStatus);
        Assert.Empty(_gateways.Events);
    }

    [Fact]
    public async Task Handshake_TooLargeOrBinary_IsClosed()
    {
        using ClientWebSocket large = await ConnectAsync(new string('x', 5000));
        Assert.Equal(WebSocketMessageType.Close, (await large.ReceiveAsync(new byte[16], Cancellation)).MessageType);
        using var binary = new ClientWebSocket();
        await binary.ConnectAsync(Address, Cancellation);
        await binary.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Binary, true, Cancellation);
        Assert.Equal(WebSocketMessageType.Close, (await binary.ReceiveAsync(new byte[16], Cancellation)).MessageType);
    }

    [Fact]
    public async Task Handshake_NeverComes_TheConnectionIsCut()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address, Cancellation);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveAsync(new byte[16], Cancellation));
        Assert.Empty(_gateways.Events);
    }

    [Fact]
    public async Task Request_WithoutUpgrade_400()
    {
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(new UriBuilder(Address) { Scheme = "http" }.Uri, Cancellation);
        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Connect_AllSlotsOfTheAddressAreTaken_503UntilOneGoes()
    {
        ClientWebSocket[] sockets = new ClientWebSocket[4];
        for (int i = 0; i < sockets.Length; i++)
        {
            sockets[i] = await ConnectAsync($$"""{"host":"10.0.0.5","port":{{i + 1}}}""");
            Assert.Equal("ok", await ReadTextAsync(sockets[i]));
        }

        using var fifth = new ClientWebSocket();
        fifth.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => fifth.ConnectAsync(Address, Cancellation));
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, fifth.HttpStatusCode);
        sockets[0].Abort();
        ClientWebSocket? next = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                next = await ConnectAsync("""{"host":"10.0.0.5","port":9}""");
            }
            catch (WebSocketException)
            {
                // The slot is free once the connection's handler has ended, some time after its last event.
            }

            return next is not null;
        });
        Assert.Equal("ok", await ReadTextAsync(next!));
        next!.Dispose();
        Array.ForEach(sockets, socket => socket.Dispose());
    }

    [Fact]
    public async Task Connect_OneIdTooOften_TheLastOneIsClosed()
    {
        using ClientWebSocket first = await ConnectAsync("""{"host":"10.0.0.5","port":1}""");
        using ClientWebSocket second = await ConnectAsync("""{"host":"10.0.0.5","port":1}""");
        await ReadTextAsync(first);
        await ReadTextAsync(second);
        using ClientWebSocket third = await ConnectAsync("""{"host":"10.0.0.5","port":1}""");
        WebSocketReceiveResult closed = await third.ReceiveAsync(new byte[16], Cancellation);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, closed.CloseStatus);
        Assert.Equal(2, _gateways.Events.Count);
    }

    private async Task<ClientWebSocket> ConnectAsync(string frame)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address, Cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, true, Cancellation);
        return socket;
    }

    private static async Task<string> ReadTextAsync(ClientWebSocket socket)
    {
        var buffer = new byte[64];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, Cancellation);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    private sealed class RecordingGateways : IGatewaySink
    {
        internal ConcurrentQueue<string> Events { get; } = new();

        public int Report(RequestProgressBatch progress) => 0;

        public void OnGatewayConnected(string gatewayId, bool isProven) => Events.Enqueue($"+{gatewayId}{(isProven ? " proven" : "")}");

        public void OnGatewayLost(string gatewayId, bool isProven) => Events.Enqueue($"-{gatewayId}{(isProven ? " proven" : "")}");
    }
}
