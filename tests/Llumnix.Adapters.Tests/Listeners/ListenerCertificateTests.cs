using Llumnix.Adapters.Listeners;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Listeners;

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

    [Theory]
    [InlineData("hunter2")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----")]
    public void Create_UnusableFiles_TellsNothingOfThem(string key)
    {
        using var files = new TlsFiles();
        var exception = Assert.Throws<ListenerCertificateException>(() => new ListenerCertificate(files.CertificateFile, key, _log));
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }
}
