using System.Security.Cryptography;
using System.Text;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// <c>sha256_cbor</c>: h(i) = SHA256(CBOR([byte string h(i-1), array of the chunk's token ids, null])), h(0) = SHA256(CBOR(seed)); the key is
/// hex(h(i)) followed by <c>_0</c>.
/// </summary>
internal sealed class Sha256CborChunkKeys : ChunkKeys
{
    private const int HashAt = 3;
    private readonly byte[] _seedHash;
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes];
    private readonly byte[] _message;

    internal Sha256CborChunkKeys(ChunkKeyOptions options)
        : base(options)
    {
        _seedHash = SHA256.HashData(EncodeText(options.Seed));
        _message = new byte[HashAt + SHA256.HashSizeInBytes + CanonicalCbor.MaxHeadBytes + CanonicalCbor.MaxBytes(options.ChunkSize) + 1];
        ReadOnlySpan<byte> head = [0x83, 0x58, SHA256.HashSizeInBytes];
        head.CopyTo(_message);
    }

    private protected override void Reset() => _seedHash.CopyTo(_hash, 0);

    private protected override string Hash(ReadOnlySpan<uint> chunk)
    {
        _hash.CopyTo(_message, HashAt);
        int length = HashAt + _hash.Length;
        length += CanonicalCbor.WriteHead(_message.AsSpan(length), CanonicalCbor.Array, (uint)chunk.Length);
        length += CanonicalCbor.WriteIntegers(_message.AsSpan(length), chunk);
        _message[length++] = CanonicalCbor.Null;
        SHA256.HashData(_message.AsSpan(0, length), _hash);
        return HexKey.Make(_hash, "_0");
    }

    private static byte[] EncodeText(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        byte[] encoded = new byte[CanonicalCbor.MaxHeadBytes + utf8.Length];
        int length = CanonicalCbor.WriteHead(encoded, CanonicalCbor.Text, (uint)utf8.Length);
        utf8.CopyTo(encoded, length);
        return encoded[..(length + utf8.Length)];
    }
}
