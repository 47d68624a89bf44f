using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Server.Hosting;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Hosting;

public sealed class TlsListenerTests
{
    [Fact]
    public async Task Host_WithCertificate_AnswersOverTlsOnly()
    {
        using var files = new TlsFiles();
        await using SchedulerHost host = await LiteHost.StartAsync(
            service => service with { TlsCertificateFile = files.CertificateFile, TlsKeyFile = files.KeyFile });
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(files.CaFile);
        foreach (Version version in (Version[])[HttpVersion.Version11, HttpVersion.Version20])
        {
            using var handler = new SocketsHttpHandler { SslOptions = Trust(authority) };
            using var client = new HttpClient(handler) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using HttpResponseMessage answer = await client.PostAsync(
                new Uri($"https://127.0.0.1:{host.Address.Port}/schedule"), new StringContent(LiteHost.Request), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(version, answer.Version);
        }

        using RawConnection plain = await RawConnection.OpenAsync(host.Address.Port);
        Assert.Equal("", await plain.AskAsync(RawConnection.Get("/healthz")));
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----")]
    public async Task RunAsync_UnusableFiles_EndsWithTwo(string key)
    {
        using var files = new TlsFiles();
        Assert.Equal(2, await SchedulerProgram.RunAsync(
            ["--host=127.0.0.1", "--port=0", "--tls-cert-file", files.CertificateFile, "--tls-key-file", key], TestContext.Current.CancellationToken));
    }

    private static SslClientAuthenticationOptions Trust(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
