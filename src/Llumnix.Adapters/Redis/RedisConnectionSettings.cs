using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Llumnix.Adapters.Tls;
using StackExchange.Redis;

namespace Llumnix.Adapters.Redis;

/// <summary>How the client library is told to connect to Redis.</summary>
internal static class RedisConnectionSettings
{
    // What the client library would ask of its own accord, and we have no use for: a user then needs no right to it. Without ECHO it
    // uses PING to see that a connection works.
    private static readonly HashSet<string> UnusedCommands = ["ECHO", "CONFIG", "CLUSTER", "SENTINEL", "SUBSCRIBE"];

    /// <summary>Settings under which a connection that fails says so at once, instead of queueing commands for its comeback.</summary>
    /// <exception cref="IOException">The CA file is missing or holds no certificate.</exception>
    public static ConfigurationOptions From(RedisOptions options)
    {
        int timeout = (int)Math.Ceiling(options.Timeout.TotalMilliseconds);
        var settings = new ConfigurationOptions
        {
            EndPoints = { { options.Host, options.Port } },
            User = options.User.Length == 0 ? null : options.User,
            Password = options.Password.Length == 0 ? null : options.Password,
            // The client library counts INFO as an administrator's command.
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
            // As .NET's own HTTP client: authorities of one's own seldom publish revocation lists.
            CheckCertificateRevocation = false,
        };
        if (options.UseTls && options.CaFile.Length > 0)
        {
            Trust(settings, options.CaFile);
        }

        return settings;
    }

    /// <summary>Has servers' certificates come from the authorities of a PEM file, and from nobody else.</summary>
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
