using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace Llumnix.Adapters.Redis;

/// <summary>
/// Puts a <see cref="ReplyChecker"/> between the network and the client library, so that no server can end the process or fill its memory. The check
/// needs decrypted bytes: with TLS, this class and not the library does the handshake.
/// </summary>
public sealed class CheckedReplies : Tunnel
{
    private readonly Func<EndPoint, SslClientAuthenticationOptions>? _tls;
    private volatile RedisReplyException? _lastProblem;

    private CheckedReplies(Func<EndPoint, SslClientAuthenticationOptions>? tls) => _tls = tls;

    /// <summary>The last problem that ended a connection of these settings; null when there was none. For any thread.</summary>
    public RedisReplyException? LastProblem => _lastProblem;

    /// <summary>
    /// Adds the check to every connection made with the settings. Of their TLS settings these are observed: the host, the protocols, the revocation
    /// check and <see cref="ConfigurationOptions.SslClientAuthenticationOptions"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The settings already have a tunnel.</exception>
    public static CheckedReplies AddTo(ConfigurationOptions settings)
    {
        if (settings.Tunnel is not null)
        {
            throw new ArgumentException("Redis cannot be reached through a tunnel", nameof(settings));
        }

        var check = new CheckedReplies(settings.Ssl ? endpoint => TlsOf(settings, endpoint) : null);
        settings.Ssl = false;
        settings.Tunnel = check;
        return check;
    }

    /// <inheritdoc/>
    public override async ValueTask<Stream?> BeforeAuthenticateAsync(
        EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        Stream connection = new NetworkStream(socket ?? throw new ArgumentNullException(nameof(socket)), ownsSocket: true);
        try
        {
            connection = _tls is null ? connection : await EncryptAsync(connection, _tls(endpoint), cancellationToken);
            return new CheckedReplyStream(connection, problem => _lastProblem = problem);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task<Stream> EncryptAsync(
        Stream connection, SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        var encrypted = new SslStream(connection);
        await encrypted.AuthenticateAsClientAsync(options, cancellationToken);
        return encrypted;
    }

    private static SslClientAuthenticationOptions TlsOf(ConfigurationOptions settings, EndPoint endpoint)
    {
        string host = !string.IsNullOrEmpty(settings.SslHost) ? settings.SslHost : endpoint switch
        {
            DnsEndPoint named => named.Host,
            IPEndPoint address => address.Address.ToString(),
            _ => "",
        };
        return settings.SslClientAuthenticationOptions?.Invoke(host) ?? new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = settings.SslProtocols ?? SslProtocols.None,
            CertificateRevocationCheckMode = settings.CheckCertificateRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
        };
    }
}
