using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>The few parts of canonical CBOR (RFC 8949, shortest heads) that chunk keys need, fast.</summary>
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

    private const uint FirstLongHead = 24;

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
            if (integer <= byte.MaxValue)
            {
                length += WriteSmall(ref Unsafe.Add(ref start, length), integer);
                continue;
            }

            // Two or four bytes, at random: chosen by arithmetic, since no branch predictor would guess it.
            int isWide = integer > ushort.MaxValue ? 1 : 0;
            ulong bigEndian = BinaryPrimitives.ReverseEndianness(integer) >> ((isWide ^ 1) << 4);
            ulong value = (0x19UL + (uint)isWide) | (bigEndian << 8);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, length), BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
            length += 3 + (2 * isWide);
        }

        return length;
    }

    private static int WriteSmall(ref byte destination, uint integer)
    {
        if (integer < FirstLongHead)
        {
            destination = (byte)integer;
            return 1;
        }

        destination = 0x18;
        Unsafe.Add(ref destination, 1) = (byte)integer;
        return 2;
    }
}
