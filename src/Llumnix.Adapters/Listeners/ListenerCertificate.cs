using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Adapters.Files;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Listeners;

/// <summary>
/// The listener's certificate from two PEM files, reread when their content changes. While the files are unusable, as when only one of the two has
/// been replaced yet, the last usable certificate stays in use.
/// </summary>
public sealed partial class ListenerCertificate
{
    private const int MaxFileBytes = 1024 * 1024;
    private readonly string _certificateFile;
    private readonly string _keyFile;
    private readonly ILogger<ListenerCertificate> _logger;
    private volatile SslStreamCertificateContext _current;
    private byte[] _seen;

    /// <param name="certificateFile">PEM file of the certificate, followed by its chain.</param>
    /// <param name="keyFile">PEM file of its private key.</param>
    /// <param name="logger">Receives changes.</param>
    /// <exception cref="ListenerCertificateException">The files cannot be used.</exception>
    public ListenerCertificate(string certificateFile, string keyFile, ILogger<ListenerCertificate> logger)
    {
        _certificateFile = certificateFile;
        _keyFile = keyFile;
        _logger = logger;
        (string? certificate, Exception? certificateFailure) = TryRead(certificateFile);
        (string? key, Exception? keyFailure) = TryRead(keyFile);
        if (certificate is null || key is null)
        {
            throw ListenerCertificateException.OfUnread(certificateFile, certificateFailure, keyFile, keyFailure);
        }

        try
        {
            _seen = Fingerprint(certificate, key);
            _current = Load(certificate, key);
        }
        catch (Exception exception) when (IsUnusable(exception))
        {
            throw ListenerCertificateException.OfContent(certificateFile, keyFile, exception);
        }
    }

    /// <summary>Reads the two files as at the start.</summary>
    /// <param name="certificateFile">PEM file of the certificate.</param>
    /// <param name="keyFile">PEM file of its private key.</param>
    /// <exception cref="ListenerCertificateException">The files cannot be used.</exception>
    public static void Check(string certificateFile, string keyFile) =>
        _ = new ListenerCertificate(certificateFile, keyFile, Microsoft.Extensions.Logging.Abstractions.NullLogger<ListenerCertificate>.Instance);

    /// <summary>The certificate for new connections.</summary>
    public SslStreamCertificateContext Current => _current;

    /// <summary>Reads the files again. Not thread-safe.</summary>
    public void Refresh()
    {
        try
        {
            (string certificate, string key) = ReadFiles();
            byte[] fingerprint = Fingerprint(certificate, key);
            if (fingerprint.AsSpan().SequenceEqual(_seen))
            {
                return;
            }

            // Set even when the files are unusable: each content is tried and logged once.
            _seen = fingerprint;
            _current = Load(certificate, key);
            LogChanged(_logger, _current.TargetCertificate.NotAfter.ToUniversalTime());
        }
        catch (Exception exception) when (IsUnusable(exception))
        {
            TellOnce(exception);
        }
    }

    private void TellOnce(Exception exception)
    {
        // Missing files have an empty content: they too are logged once.
        bool isRead = exception is CryptographicException or ArgumentException;
        if (isRead || _seen.Length > 0)
        {
            LogKept(_logger, FileFailure.Describe(exception));
        }

        _seen = isRead ? _seen : [];
    }

    private (string Certificate, string Key) ReadFiles() => (Read(_certificateFile), Read(_keyFile));

    private static (string? Text, Exception? Failure) TryRead(string path)
    {
        try
        {
            return (Read(path), null);
        }
        catch (Exception exception) when (IsUnusable(exception))
        {
            return (null, exception);
        }
    }

    private static string Read(string path)
    {
        if (new FileInfo(path).Length > MaxFileBytes)
        {
            throw new FileTooLongException(MaxFileBytes);
        }

        return File.ReadAllText(path);
    }

    private static byte[] Fingerprint(string certificate, string key) =>
        SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(certificate + "\0" + key));

    private static SslStreamCertificateContext Load(string certificatePem, string keyPem)
    {
        X509Certificate2 certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private static bool IsUnusable(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or NotSupportedException;

    [LoggerMessage(LogLevel.Information, "The listener has a new certificate, good until {NotAfter:u}")]
    private static partial void LogChanged(ILogger logger, DateTime notAfter);

    [LoggerMessage(LogLevel.Error, "The listener's certificate or key file has changed and cannot be used ({Reason}); the last good certificate stays")]
    private static partial void LogKept(ILogger logger, string reason);
}
