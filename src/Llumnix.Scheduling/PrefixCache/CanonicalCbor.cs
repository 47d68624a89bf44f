using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>The few parts of canonical CBOR (RFC 8949, shortest heads) that chunk keys need, without a branch per token.</summary>
internal static class CanonicalCbor
{
    /// <summary>Major type of texts, in a head's first byte.</summary>
    internal const byte Text = 0x60;

    /// <summary>Major type of arrays.</summary>
    internal const byte Array = 0x80;

    /// <summary>The value null.</summary>
    internal const byte Null = 0xf6;

    /// <summary>Largest head of a 32-bit number.</summary>
    internal const int MaxHeadBytes = 5;

    private const int FirstLongHead = 24;

    /// <summary>How many bytes follow the first one, by the number's significant bits.</summary>
    private static ReadOnlySpan<byte> BytesByBits =>
    [
        0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    ];

    /// <summary>The first byte of a head with so many bytes behind it.</summary>
    private static ReadOnlySpan<byte> HeadByBytes => [0, 0x18, 0x19, 0, 0x1a];

    /// <summary>Space that so many numbers need at most; each is written as eight bytes, of which the next one may overwrite some.</summary>
    internal static int MaxBytes(int integers) => (integers * MaxHeadBytes) + sizeof(ulong);

    /// <summary>Writes the head of a value of a major type.</summary>
    /// <returns>Bytes written.</returns>
    internal static int WriteHead(Span<byte> destination, byte majorType, uint value)
    {
        Span<byte> head = stackalloc byte[MaxBytes(1)];
        int length = WriteIntegers(head, [value]);
        head[0] |= majorType;
        head[..length].CopyTo(destination);
        return length;
    }

    /// <summary>Writes unsigned integers.</summary>
    /// <param name="destination">At least <see cref="MaxBytes"/> for their number.</param>
    /// <param name="integers">The integers.</param>
    /// <returns>Bytes written.</returns>
    internal static int WriteIntegers(Span<byte> destination, ReadOnlySpan<uint> integers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, MaxBytes(integers.Length), nameof(destination));
        ref byte start = ref MemoryMarshal.GetReference(destination);
        int length = 0;
        foreach (uint integer in integers)
        {
            int bytes = integer < FirstLongHead ? 0 : BytesByBits[32 - BitOperations.LeadingZeroCount(integer)];
            ulong head = integer < FirstLongHead ? integer : HeadByBytes[bytes];
            ulong bigEndian = BinaryPrimitives.ReverseEndianness(integer) >> (32 - (8 * bytes) & 31);
            ulong value = head | (bytes == 0 ? 0 : bigEndian << 8);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, length), BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
            length += 1 + bytes;
        }

        return length;
    }
}
