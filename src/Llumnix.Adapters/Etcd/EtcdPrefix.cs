using Google.Protobuf;

namespace Llumnix.Adapters.Etcd;

/// <summary>The range of the keys with a prefix.</summary>
internal sealed class EtcdPrefix
{
    /// <summary>Makes the range of a prefix.</summary>
    /// <param name="prefix">Not empty; its last character is ASCII, and not the last of ASCII.</param>
    public EtcdPrefix(string prefix)
    {
        Start = ByteString.CopyFromUtf8(prefix);
        byte[] end = Start.ToByteArray();
        end[^1]++;
        End = ByteString.CopyFrom(end);
    }

    /// <summary>The first key of the range.</summary>
    public ByteString Start { get; }

    /// <summary>The first key after the range.</summary>
    public ByteString End { get; }

    /// <summary>The first key after a key.</summary>
    public static ByteString After(ByteString key) => ByteString.CopyFrom([.. key.Span, 0]);
}
