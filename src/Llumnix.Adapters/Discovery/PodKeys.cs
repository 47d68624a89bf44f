using System.Text;
using System.Text.Unicode;

namespace Llumnix.Adapters.Discovery;

/// <summary>The names of discovery's keys.</summary>
internal static class PodKeys
{
    /// <summary>What the keys in Redis begin with.</summary>
    public const string RedisPrefix = "llumnix:discovery:";

    /// <summary>What a user of discovery's Redis needs, in the notation of ACL rules. INFO is how a restart of the store is seen.</summary>
    public const string RedisRights = $"%R~{RedisPrefix}* +ping +scan +getrange +strlen +exists +info";

    /// <summary>What the keys in etcd begin with.</summary>
    public const string EtcdPrefix = "llumnix/discovery/";

    private const int MaxPodNameBytes = 512;

    /// <summary>Takes a key apart.</summary>
    /// <param name="key">The key.</param>
    /// <param name="prefix">What it begins with, in ASCII.</param>
    /// <returns>The pod's name; null when the key is no pod's with a name in UTF-8 of sane length.</returns>
    public static string? PodName(ReadOnlySpan<byte> key, string prefix)
    {
        if (key.Length <= prefix.Length || key.Length > prefix.Length + MaxPodNameBytes)
        {
            return null;
        }

        ReadOnlySpan<byte> name = key[prefix.Length..];
        return Ascii.Equals(key[..prefix.Length], prefix) && Utf8.IsValid(name) ? Encoding.UTF8.GetString(name) : null;
    }
}
