using Llumnix.Adapters.Secrets;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>More connections than the server takes, over real connections.</summary>
public sealed class ConnectionLimitTests
{
    public static TheoryData<int, int> Limits { get; } = new() { { 2, 2 }, { 100, 2 } };

    [Theory]
    [MemberData(nameof(Limits))]
    public async Task Connect_OverTheLimit_ProbesAreAnsweredAndTheRestIsTold503(int total, int perAddress)
    {
        await using SchedulerHost host = await LiteHost.StartAsync(
            service => service with { MaxConnections = total, MaxConnectionsPerAddress = perAddress });
        int port = host.Address.Port;
        using RawConnection first = await RawConnection.OpenAsync(port);
        using RawConnection second = await RawConnection.OpenAsync(port);
        await ExpectAsync(first, RawConnection.Get("/healthz"), "HTTP/1.1 200");
        await ExpectAsync(second, RawConnection.Get("/healthz"), "HTTP/1.1 200");

        using RawConnection probe = await RawConnection.OpenAsync(port);
        Assert.Contains("Connection: close", await ExpectAsync(probe, RawConnection.Get("/healthz"), "HTTP/1.1 200"), StringComparison.Ordinal);
        using RawConnection third = await RawConnection.OpenAsync(port);
        string refusal = await ExpectAsync(third, RawConnection.Post("/schedule", LiteHost.Request), "HTTP/1.1 503");
        Assert.Contains("Retry-After: 1", refusal, StringComparison.Ordinal);
        Assert.EndsWith("too many connections\n", refusal, StringComparison.Ordinal);
        await ExpectAsync(first, RawConnection.Post("/schedule", LiteHost.Request), "HTTP/1.1 200");

        second.Dispose();
        await Eventually.TrueAsync(async () =>
        {
            using RawConnection next = await RawConnection.OpenAsync(port);
            return (await next.AskAsync(RawConnection.Post("/schedule", LiteHost.Request))).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Metrics_AdminPort_IsTheOnlyOneThatAnswers()
    {
        int admin = Llumnix.Testing.Servers.FreePort.Find(1)[0];
        await using SchedulerHost host = await LiteHost.StartAsync(
            service => service with { AdminPort = admin, Token = new Secret("s"), MetricsToken = new Secret("m") });
        using RawConnection service = await RawConnection.OpenAsync(host.Address.Port);
        using RawConnection other = await RawConnection.OpenAsync(admin);
        const string metrics = "GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer m\r\n\r\n";
        await ExpectAsync(service, metrics, "HTTP/1.1 404");
        await ExpectAsync(service, RawConnection.Post("/debug/explain", LiteHost.Request, "Authorization: s\r\n"), "HTTP/1.1 404");
        await ExpectAsync(service, RawConnection.Post("/schedule", LiteHost.Request, "Authorization: s\r\n"), "HTTP/1.1 200");
        await ExpectAsync(other, metrics, "HTTP/1.1 200");
        await ExpectAsync(other, RawConnection.Get("/metrics"), "HTTP/1.1 401");
        await ExpectAsync(other, RawConnection.Get("/healthz"), "HTTP/1.1 200");
        await ExpectAsync(other, RawConnection.Post("/debug/explain", LiteHost.Request, "Authorization: s\r\n"), "HTTP/1.1 200");
        await ExpectAsync(other, RawConnection.Post("/schedule", LiteHost.Request, "Authorization: s\r\n"), "HTTP/1.1 404");
    }

    [Theory]
    [InlineData("", "200")]
    [InlineData("Authorization: Bearer m\r\n", "200")]
    [InlineData("Authorization: m\r\n", "200")]
    [InlineData("Authorization: Bearer service\r\n", "401")]
    [InlineData("Authorization: Bearer \r\n", "401")]
    public async Task Metrics_Token_IsItsOwn(string header, string status)
    {
        await using SchedulerHost host = await LiteHost.StartAsync(service => service with
        {
            Token = new Secret("service"),
            MetricsToken = new Secret(header.Length == 0 ? "" : "m"),
        });
        using RawConnection connection = await RawConnection.OpenAsync(host.Address.Port);
        await ExpectAsync(connection, $"GET /metrics HTTP/1.1\r\nHost: x\r\n{header}\r\n", "HTTP/1.1 " + status);
    }

    private static async Task<string> ExpectAsync(RawConnection connection, string request, string start)
    {
        string answer = await connection.AskAsync(request);
        Assert.StartsWith(start, answer, StringComparison.Ordinal);
        return answer;
    }
}
