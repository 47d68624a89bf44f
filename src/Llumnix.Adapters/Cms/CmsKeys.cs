using System.Text;
using System.Text.Unicode;
using StackExchange.Redis;

namespace Llumnix.Adapters.Cms;

/// <summary>The names of the CMS's keys.</summary>
internal static class CmsKeys
{
    /// <summary>The pattern that lists the keys of both kinds.</summary>
    public const string Pattern = "llumnix:instance_*";

    /// <summary>ACL rules that the scheduler's user of the CMS Redis needs. INFO shows whether the store was restarted.</summary>
    public const string Rights = $"%R~{Pattern} +ping +scan +getrange +strlen +exists +info";

    /// <summary>Largest length of an instance id in UTF-8 bytes; keys with longer ids are ignored.</summary>
    public const int MaxInstanceIdBytes = 512;

    private static ReadOnlySpan<byte> MetadataPrefix => "llumnix:instance_metadata:"u8;

    private static ReadOnlySpan<byte> StatusPrefix => "llumnix:instance_status:"u8;

    /// <summary>The key of an instance's metadata.</summary>
    public static RedisKey Metadata(string instanceId) => Key(MetadataPrefix, instanceId);

    /// <summary>The key of an instance's status.</summary>
    public static RedisKey Status(string instanceId) => Key(StatusPrefix, instanceId);

    /// <summary>Reads the instance id out of a key.</summary>
    /// <returns>False when it is neither a metadata nor a status key of an instance with an id in UTF-8.</returns>
    public static bool TryParse(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> instanceId)
    {
        instanceId = key.StartsWith(StatusPrefix) ? key[StatusPrefix.Length..]
            : key.StartsWith(MetadataPrefix) ? key[MetadataPrefix.Length..]
            : default;
        return instanceId.Length is > 0 and <= MaxInstanceIdBytes && Utf8.IsValid(instanceId);
    }

    private static RedisKey Key(ReadOnlySpan<byte> prefix, string instanceId) => (byte[])[.. prefix, .. Encoding.UTF8.GetBytes(instanceId)];
}
