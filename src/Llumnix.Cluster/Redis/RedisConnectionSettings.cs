using System.Security.Cryptography;
using StackExchange.Redis;

namespace Llumnix.Cluster.Redis;

/// <summary>How the client library is told to connect to Redis.</summary>
internal static class RedisConnectionSettings
{
    /// <summary>Settings under which a connection that fails says so at once, instead of queueing commands for its comeback.</summary>
    /// <exception cref="CryptographicException">The CA file is missing or holds no certificate.</exception>
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

    private static void Trust(ConfigurationOptions settings, string caFile)
    {
        try
        {
            settings.TrustIssuer(caFile);
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException($"the CA file {caFile} cannot be used: {e.Message}");
        }
    }
}
