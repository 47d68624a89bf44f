using System.Text.Unicode;

namespace Llumnix.Cluster.Cms;

/// <summary>The names of the CMS's keys.</summary>
internal static class CmsKeys
{
    /// <summary>The pattern that lists the keys of both kinds.</summary>
    public const string Pattern = "llumnix:instance_*";

    /// <summary>Longer ids are no instance's.</summary>
    public const int MaxInstanceIdBytes = 512;

    private static ReadOnlySpan<byte> MetadataPrefix => "llumnix:instance_metadata:"u8;

    private static ReadOnlySpan<byte> StatusPrefix => "llumnix:instance_status:"u8;

    /// <summary>Takes a key apart.</summary>
    /// <returns>False when it is neither a metadata nor a status key of an instance with an id in UTF-8.</returns>
    public static bool TryParse(ReadOnlySpan<byte> key, out bool isStatus, out ReadOnlySpan<byte> instanceId)
    {
        isStatus = key.StartsWith(StatusPrefix);
        bool isMetadata = key.StartsWith(MetadataPrefix);
        instanceId = isStatus ? key[StatusPrefix.Length..] : isMetadata ? key[MetadataPrefix.Length..] : default;
        return instanceId.Length is > 0 and <= MaxInstanceIdBytes && Utf8.IsValid(instanceId);
    }
}
