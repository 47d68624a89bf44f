using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Llumnix.Testing.Servers;

/// <summary>PEM files of a certificate authority and of a server certificate that it issued.</summary>
public sealed class TlsFiles : IDisposable
{
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("llumnix-tls-").FullName;

    /// <param name="address">The only address in the certificate; null: the loopback address.</param>
    public TlsFiles(IPAddress? address = null)
    {
        using ECDsa issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 issuer = CreateIssuer(issuerKey);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = CreateCertificate(key, issuer, address ?? IPAddress.Loopback);
        File.WriteAllText(CaFile, issuer.ExportCertificatePem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Certificate of the authority.</summary>
    public string CaFile => Path.Combine(_folder, "ca.pem");

    /// <summary>Certificate of the server.</summary>
    public string CertificateFile => Path.Combine(_folder, "server.pem");

    /// <summary>Private key of the server.</summary>
    public string KeyFile => Path.Combine(_folder, "server.key");

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static X509Certificate2 CreateIssuer(ECDsa key)
    {
        var request = new CertificateRequest("CN=Llumnix test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(Start, End);
    }

    private static X509Certificate2 CreateCertificate(ECDsa key, X509Certificate2 issuer, IPAddress address)
    {
        var request = new CertificateRequest("CN=Llumnix test server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(issuer, Start, End, [1]);
    }
}
