using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Gateway.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>TLS, and the bounds on connections and bodies.</summary>
public sealed class ListenerTests
{
    private const string Chat = "/v1/chat/completions";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WithCertificate_IsServedOverTlsOnly()
    {
        using var files = new TlsFiles();
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(), new GatewayOptions { TlsCertificateFile = files.CertificateFile, TlsKeyFile = files.KeyFile });
        Assert.Equal("https", gateway.Host.Address.Scheme);
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(files.CaFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        using var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
        using var client = new HttpClient(handler);
        Assert.Equal("", await client.GetStringAsync(new Uri(gateway.Host.Address, "/healthz"), Cancellation));
        await Assert.ThrowsAsync<HttpRequestException>(
            () => client.GetStringAsync(new Uri($"http://127.0.0.1:{gateway.Host.Address.Port}/healthz"), Cancellation));
    }

    [Fact]
    public async Task Request_OnAConnectionTooMany_Is503ButProbesAreAnswered()
    {
        var never = new TaskCompletionSource();
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync((_, _) => never.Task);
        await using TestGateway gateway = await TestGateway.StartAsync(
            new TestPlacer(engine.Url), new GatewayOptions { MaxConnections = 1 }, discovered: engine.Url);
        Task<HttpResponseMessage> held = gateway.PostAsync(Chat, "{}");
        await engine.NextAsync();
        using HttpResponseMessage refused = await gateway.PostAsync(Chat, "{}");
        await ErrorAnswer.AssertAsync(refused, 503, "service_unavailable_error");
        Assert.NotNull(refused.Headers.RetryAfter);
        using HttpResponseMessage probe = await gateway.Client.GetAsync("/healthz", Cancellation);
        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        never.SetResult();
        using HttpResponseMessage answer = await held;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Post_BodiesTakeAllMemory_Is503UntilOneIsDone()
    {
        var more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync((_, _) => more.Task);
        var placer = new TestPlacer(engine.Url);
        await using TestGateway gateway = await TestGateway.StartAsync(placer, new GatewayOptions { MaxBodyMemoryMiB = 1 });
        string large = $$"""{"prompt":"{{new string('x', 500_000)}}"}""";
        Task<HttpResponseMessage> first = gateway.PostAsync(Chat, large);
        await engine.NextAsync();
        using HttpResponseMessage second = await gateway.PostAsync(Chat, large);
        await ErrorAnswer.AssertAsync(second, 503, "service_unavailable_error");
        Task<HttpResponseMessage> small = gateway.PostAsync(Chat, "{}");
        await engine.NextAsync();
        more.SetResult();
        using HttpResponseMessage firstAnswer = await first;
        using HttpResponseMessage smallAnswer = await small;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (firstAnswer.StatusCode, smallAnswer.StatusCode));
        await Eventually.TrueAsync(() => gateway.Host.ActiveRequests == 0);
        using HttpResponseMessage third = await gateway.PostAsync(Chat, large);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }
}
