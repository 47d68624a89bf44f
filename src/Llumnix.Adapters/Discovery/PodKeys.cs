using System.Text;
using System.Text.Unicode;

namespace Llumnix.Adapters.Discovery;

/// <summary>The names of discovery's keys.</summary>
internal static class PodKeys
{
    /// <summary>Prefix of the keys in Redis.</summary>
    public const string RedisPrefix = "llumnix:discovery:";

    /// <summary>ACL rules that the scheduler's user of the discovery Redis needs. INFO shows whether the store was restarted.</summary>
    public const string RedisRights = $"%R~{RedisPrefix}* +ping +scan +getrange +strlen +exists +info";

    /// <summary>Prefix of the keys in etcd.</summary>
    public const string EtcdPrefix = "llumnix/discovery/";

    private const int MaxPodNameBytes = 512;

    /// <summary>Reads the pod's name out of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="prefix">The prefix of the keys, in ASCII.</param>
    /// <returns>The pod's name; null when the key has another prefix, or a name that is not UTF-8 or implausibly long.</returns>
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
