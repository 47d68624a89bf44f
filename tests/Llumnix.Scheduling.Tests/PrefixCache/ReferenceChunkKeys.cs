using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Scheduling.Tests.PrefixCache;

/// <summary>Chunk keys as the specification tells them, with a CBOR library and without anything that is kept between chunks but the hash.</summary>
internal static class ReferenceChunkKeys
{
    public static List<string> All(ChunkKeyOptions settings, uint[] prompt)
    {
        var keys = new List<string>();
        byte[] hash = settings.Algorithm == ChunkHashAlgorithm.Sha256Cbor ? SHA256.HashData(Cbor(settings.Seed)) : [];
        for (int start = 0; start < prompt.Length; start += settings.ChunkSize)
        {
            uint[] chunk = [.. prompt.Skip(start).Take(settings.ChunkSize)];
            if (chunk.Length == settings.ChunkSize || settings.IncludesUnfullChunk)
            {
                keys.Add(Key(settings, prompt, start, chunk, ref hash));
            }
        }

        return keys;
    }

    private static string Key(ChunkKeyOptions settings, uint[] prompt, int start, uint[] chunk, ref byte[] hash)
    {
        switch (settings.Algorithm)
        {
            case ChunkHashAlgorithm.Sha256Cbor:
                hash = SHA256.HashData(Cbor(hash, chunk));
                return Convert.ToHexStringLower(hash) + "_0";
            case ChunkHashAlgorithm.Sha256Hex:
                hash = SHA256.HashData([.. hash, .. chunk.SelectMany(LittleEndian)]);
                return Convert.ToHexStringLower(hash) + (chunk.Length < settings.ChunkSize ? "_0" : "");
            default:
                var padded = prompt.Take(start + chunk.Length).Concat(Enumerable.Repeat(0u, settings.ChunkSize - chunk.Length));
                byte[] prefix = [.. padded.SelectMany(token => (byte[])[.. LittleEndian(token), 0, 0, 0, 0])];
                return settings.Prefix + XxHash64.HashToUInt64(prefix).ToString(CultureInfo.InvariantCulture);
        }
    }

    private static byte[] LittleEndian(uint token)
    {
        byte[] bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, token);
        return bytes;
    }

    private static byte[] Cbor(string text)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteTextString(text);
        return writer.Encode();
    }

    private static byte[] Cbor(byte[] hash, uint[] chunk)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(3);
        writer.WriteByteString(hash);
        writer.WriteStartArray(chunk.Length);
        foreach (uint token in chunk)
        {
            writer.WriteUInt32(token);
        }

        writer.WriteEndArray();
        writer.WriteNull();
        writer.WriteEndArray();
        return writer.Encode();
    }
}
