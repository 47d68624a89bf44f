using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Server.Hosting;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Server.Tls;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Tls;

public sealed class ListenerCertificateTests
{
    private readonly RecordingLogger<ListenerCertificate> _log = new();

    [Fact]
    public void Refresh_FilesChange_TheNewCertificateIsUsed()
    {
        using var files = new TlsFiles();
        using var newer = new TlsFiles();
        var certificate = new ListenerCertificate(files.CertificateFile, files.KeyFile, _log);
        string first = certificate.Current.TargetCertificate.Thumbprint;
        certificate.Refresh();
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        Assert.Empty(_log.Lines);

        // One file after the other, as a person would copy them: between the two they do not fit.
        File.Copy(newer.CertificateFile, files.CertificateFile, overwrite: true);
        certificate.Refresh();
        certificate.Refresh();
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        File.Copy(newer.KeyFile, files.KeyFile, overwrite: true);
        certificate.Refresh();
        Assert.NotEqual(first, certificate.Current.TargetCertificate.Thumbprint);
        Assert.Equal(["Error", "Information"], _log.Lines.Select(line => line.Split(':')[0]));
    }

    [Fact]
    public void Refresh_FilesAreGoneOrGarbage_TheLastGoodOneStaysAndItIsToldOnce()
    {
        using var files = new TlsFiles();
        var certificate = new ListenerCertificate(files.CertificateFile, files.KeyFile, _log);
        string first = certificate.Current.TargetCertificate.Thumbprint;
        string good = File.ReadAllText(files.KeyFile);
        File.WriteAllText(files.KeyFile, "hunter2");
        certificate.Refresh();
        certificate.Refresh();
        Assert.Single(_log.Lines);
        File.Delete(files.KeyFile);
        certificate.Refresh();
        certificate.Refresh();
        Assert.Equal(2, _log.Lines.Count);
        File.WriteAllText(files.KeyFile, good);
        certificate.Refresh();
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);
        Assert.DoesNotContain(_log.Lines, line => line.Contains("hunter2", StringComparison.Ordinal));
    }

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
    public async Task RunAsync_UnusableFiles_EndsWithTwoAndTellsNothingOfThem(string key)
    {
        using var files = new TlsFiles();
        Assert.Equal(2, await SchedulerProgram.RunAsync(
            ["--host=127.0.0.1", "--port=0", "--tls-cert-file", files.CertificateFile, "--tls-key-file", key], TestContext.Current.CancellationToken));
        var exception = Assert.Throws<ListenerCertificateException>(() => new ListenerCertificate(files.CertificateFile, key, _log));
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    private static SslClientAuthenticationOptions Trust(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }
}
