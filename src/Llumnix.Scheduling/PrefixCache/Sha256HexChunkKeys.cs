using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// <c>sha256_hex</c>: h(i) = SHA256(h(i-1), empty for the first chunk, then each token as 4 bytes, little-endian); the key is hex(h(i)), for an
/// incomplete chunk followed by <c>_0</c>.
/// </summary>
internal sealed class Sha256HexChunkKeys(ChunkKeyOptions options) : ChunkKeys(options)
{
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
    private readonly byte[] _message = new byte[SHA256.HashSizeInBytes + (options.ChunkSize * sizeof(uint))];

    private protected override void Reset()
    {
    }

    private protected override string Hash(ReadOnlySpan<uint> chunk)
    {
        int length = 0;
        if (Position > 1)
        {
            _hash.CopyTo(_message, 0);
            length = _hash.Length;
        }

        length += WriteTokens(_message.AsSpan(length), chunk);
        SHA256.HashData(_message.AsSpan(0, length), _hash);
        return HexKey.Make(_hash, chunk.Length == Options.ChunkSize ? "" : "_0");
    }

    private static int WriteTokens(Span<byte> destination, ReadOnlySpan<uint> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(i * sizeof(uint))..], tokens[i]);
        }

        return tokens.Length * sizeof(uint);
    }
}
