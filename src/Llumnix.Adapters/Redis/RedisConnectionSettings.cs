using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Adapters.Tls;
using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>Settings of the client library for connections to Redis.</summary>
internal static class RedisConnectionSettings
{
    // Commands that the client library would send on its own and that are not needed here: without them the user needs no rights to them. Without
    // ECHO the library uses PING to test a connection.
    private static readonly HashSet<string> UnusedCommands = ["ECHO", "CONFIG", "CLUSTER", "SENTINEL", "SUBSCRIBE"];

    /// <summary>Settings that make a failing connection report at once instead of queueing commands until it is back.</summary>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public static ConfigurationOptions From(RedisOptions options)
    {
        int timeout = (int)Math.Ceiling(options.Timeout.TotalMilliseconds);
        var settings = new ConfigurationOptions
        {
            EndPoints = { { options.Host, options.Port } },
            User = options.User.Length == 0 ? null : options.User,
            Password = options.Password.IsEmpty ? null : options.Password.Reveal(),
            // The client library counts INFO among the administrative commands.
            AllowAdmin = true,
            AbortOnConnectFail = true,
            BacklogPolicy = BacklogPolicy.FailFast,
            ConnectTimeout = timeout,
            AsyncTimeout = timeout,
            ConnectRetry = 1,
            ConfigurationChannel = "",
            TieBreaker = "",
            ClientName = "llumnix-scheduler",
            CommandMap = CommandMap.Create(UnusedCommands, available: false),
            Ssl = options.UseTls,
            // Private authorities seldom publish revocation lists; .NET's HTTP client does not check them by default either.
            CheckCertificateRevocation = false,
        };
        if (options.UseTls && options.CaFile.Length > 0)
        {
            Trust(settings, options.CaFile);
        }

        return settings;
    }

    /// <summary>Makes connections trust the certificate authorities of a PEM file and no others.</summary>
    /// <exception cref="IOException">The file is missing or holds no certificate; the message names it.</exception>
    public static void Trust(ConfigurationOptions settings, string caFile)
    {
        X509ChainPolicy policy = CertificateAuthorities.Read(caFile);
        settings.SslClientAuthenticationOptions = host => new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateChainPolicy = policy.Clone(),
        };
    }
}
