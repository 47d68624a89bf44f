using System.Net;
using System.Net.Sockets;
using System.Text;
using Llumnix.Adapters.Probes;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Servers;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Probes;

public sealed class HealthProbeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ProbeOutcome.Answers)]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", ProbeOutcome.Answers)]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\n\r\n", ProbeOutcome.Answers)]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ProbeOutcome.Answers)]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", ProbeOutcome.Unhealthy)]
    [InlineData("\u0015\u0003\u0001", ProbeOutcome.Answers)]
    [InlineData("", ProbeOutcome.NoAnswer)]
    public async Task Probe_ServerListens_ByItsAnswer(string answer, ProbeOutcome expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var asked = new TaskCompletionSource<string>();
        _ = AnswerAsync(listener, answer, asked);
        var probe = new HealthProbe(TimeProvider.System, TimeSpan.FromSeconds(30));

        Assert.Equal(expected, await ProbeAsync(probe, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port));
        Assert.StartsWith("GET /health HTTP/1.1", await asked.Task, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probe_NobodyListens_Refused()
    {
        var probe = new HealthProbe(TimeProvider.System, TimeSpan.FromSeconds(30));
        Assert.Equal(ProbeOutcome.Refused, await ProbeAsync(probe, "127.0.0.1", FreePort.Find(1)[0]));
    }

    /// <summary>As a stopped process does: its kernel accepts the connection, and nothing answers.</summary>
    [Fact]
    public async Task Probe_ServerAcceptsAndIsSilent_NoAnswerAfterTheTimeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var time = new FakeTimeProvider();
        var probe = new HealthProbe(time, Timeout);

        Task<ProbeOutcome> probing = ProbeAsync(probe, "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        using TcpClient accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        Assert.False(probing.IsCompleted);
        time.Advance(Timeout);

        Assert.Equal(ProbeOutcome.NoAnswer, await probing);
    }

    [Theory]
    [InlineData("", 8000)]
    [InlineData("127.0.0.1", 0)]
    [InlineData("127.0.0.1", 70000)]
    [InlineData("no host/at all", 8000)]
    [InlineData("name.invalid", 8000)]
    public async Task Probe_NoUsableAddress_Unknown(string host, int port)
    {
        var probe = new HealthProbe(TimeProvider.System, TimeSpan.FromSeconds(30));
        Assert.Equal(ProbeOutcome.Unknown, await ProbeAsync(probe, host, port));
    }

    [Theory]
    [InlineData("a\r\nX-Header: b")]
    [InlineData("127.0.0.1/path")]
    [InlineData("127.0.0.1:80")]
    public async Task Probe_HostIsNoHost_NothingIsSent(string host) =>
        Assert.Equal(ProbeOutcome.Unknown, await ProbeAsync(new HealthProbe(TimeProvider.System, TimeSpan.FromSeconds(30)), host, 1));

    [Fact]
    public async Task Probe_Cancelled_Throws()
    {
        var probe = new HealthProbe(TimeProvider.System, Timeout);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => probe.ProbeAsync(new InstanceAddress { InstanceId = "a", WireId = "a", Host = "127.0.0.1", Port = 1 }, new CancellationToken(canceled: true)));
    }

    private static Task<ProbeOutcome> ProbeAsync(HealthProbe probe, string host, int port) =>
        probe.ProbeAsync(new InstanceAddress { InstanceId = "a", WireId = "a", Host = host, Port = port }, TestContext.Current.CancellationToken);

    /// <summary>Reads the first bytes of each request, answers, and ends the connection, until the listener is stopped: a client may ask again.</summary>
    private static async Task AnswerAsync(TcpListener listener, string answer, TaskCompletionSource<string> asked)
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            int length = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            asked.TrySetResult(Encoding.ASCII.GetString(buffer, 0, length));
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer), TestContext.Current.CancellationToken);
        }
    }
}
