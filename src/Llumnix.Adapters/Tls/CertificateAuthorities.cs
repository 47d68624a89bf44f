using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Llumnix.Adapters.Tls;

/// <summary>Reads private certificate authorities for checking servers' certificates.</summary>
internal static class CertificateAuthorities
{
    /// <summary>A policy that trusts the authorities of a PEM file and no others.</summary>
    /// <exception cref="IOException">The file is missing or holds no certificate; the message names it.</exception>
    public static X509ChainPolicy Read(string caFile)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(caFile);
            if (authorities.Count == 0)
            {
                throw new CryptographicException("it holds no certificate");
            }

            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                // Private authorities seldom publish revocation lists.
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            return policy;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the CA file {caFile} cannot be used: {e.Message}", e);
        }
    }
}
