using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// <c>xxhash</c>: one running XXH64 (seed 0) over the tokens as 8 bytes each, little-endian; the key is a prefix and the decimal digest after the
/// chunk. An incomplete chunk is padded with zero tokens.
/// </summary>
internal sealed class XxHashChunkKeys(ChunkKeyOptions options) : ChunkKeys(options)
{
    private readonly string _prefix = options.Prefix;
    private readonly XxHash64 _hash = new();
    private readonly byte[] _message = new byte[options.ChunkSize * sizeof(long)];

    private protected override void Reset() => _hash.Reset();

    private protected override string Hash(ReadOnlySpan<uint> chunk)
    {
        Span<byte> message = _message;
        for (int i = 0; i < chunk.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(message[(i * sizeof(long))..], chunk[i]);
        }

        message[(chunk.Length * sizeof(long))..].Clear();
        _hash.Append(message);
        return string.Create(CultureInfo.InvariantCulture, $"{_prefix}{_hash.GetCurrentHashAsUInt64()}");
    }
}
