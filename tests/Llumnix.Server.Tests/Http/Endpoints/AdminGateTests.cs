using System.Net;
using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Server.Tests.Http.Endpoints;

public sealed class AdminGateTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:8002", 200)]
    [InlineData("127.0.0.1", "localhost", 200)]
    [InlineData("::1", "[::1]:8002", 200)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", 200)]
    [InlineData("10.0.0.5", "127.0.0.1:8002", 403)]
    [InlineData("127.0.0.1", "rebound.example:8002", 403)]
    [InlineData("127.0.0.1", "10.0.0.1:8002", 403)]
    [InlineData(null, "localhost", 403)]
    public async Task Handle_NoServiceToken_OnlyThisMachinePasses(string? caller, string host, int expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = caller is null ? null : IPAddress.Parse(caller);
        context.Request.Host = new HostString(host);
        await new AdminGate(new ServiceToken(""), new HealthEndpoint()).HandleAsync(context);
        Assert.Equal(expected, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("X-Real-IP")]
    [InlineData("Via")]
    public async Task Handle_NoServiceTokenAndAProxyOnThisMachine_IsRefused(string header)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Host = new HostString("127.0.0.1:8080");
        context.Request.Headers[header] = "203.0.113.7";
        await new AdminGate(new ServiceToken(""), new HealthEndpoint()).HandleAsync(context);
        Assert.Equal(403, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("Bearer secret", 200)]
    [InlineData("Bearer other", 401)]
    public async Task Handle_ServiceToken_CountsFromAnywhere(string authorization, int expected)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.5");
        context.Request.Headers.Authorization = authorization;
        await new AdminGate(new ServiceToken("secret"), new HealthEndpoint()).HandleAsync(context);
        Assert.Equal(expected, context.Response.StatusCode);
    }
}
