using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.PrefixCache;

/// <summary>A fast writer for the parts of canonical CBOR (RFC 8949, shortest heads) that chunk keys need.</summary>
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

    /// <summary>Shuffle index beyond the source, which gives a zero byte.</summary>
    private const byte No = 0xff;

    /// <summary>The encodings of two numbers, indexed by which of them are wide (above 65,535): bit 0 for the first, bit 1 for the second.</summary>
    private static readonly PairShape[] Shapes =
    [
        new(
            Vector128.Create(No, 1, 0, No, 5, 4, No, No, No, No, No, No, No, No, No, No),
            Vector128.Create((byte)0x19, 0, 0, 0x19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            6),
        new(
            Vector128.Create(No, 3, 2, 1, 0, No, 5, 4, No, No, No, No, No, No, No, No),
            Vector128.Create((byte)0x1a, 0, 0, 0, 0, 0x19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            8),
        new(
            Vector128.Create(No, 1, 0, No, 7, 6, 5, 4, No, No, No, No, No, No, No, No),
            Vector128.Create((byte)0x19, 0, 0, 0x1a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            8),
        new(
            Vector128.Create(No, 3, 2, 1, 0, No, 7, 6, 5, 4, No, No, No, No, No, No),
            Vector128.Create((byte)0x1a, 0, 0, 0, 0, 0x1a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            10),
    ];

    /// <summary>
    /// Largest space for a number of integers. They are written in chunks of 16 bytes, of which the next one may overwrite the end, hence the
    /// surplus.
    /// </summary>
    internal static int MaxBytes(int integers) => (integers * MaxHeadBytes) + Vector128<byte>.Count;

    /// <summary>Writes the head of a value.</summary>
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
        int i = 0;
        for (; Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian && i + 4 <= integers.Length; i += 4)
        {
            Vector128<uint> four = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(integers), (uint)i);
            length += Vector128.GreaterThanAll(four, Vector128.Create((uint)byte.MaxValue))
                ? WriteFour(ref Unsafe.Add(ref start, length), four)
                : WriteEach(ref Unsafe.Add(ref start, length), integers.Slice(i, 4));
        }

        return length + WriteEach(ref Unsafe.Add(ref start, length), integers[i..]);
    }

    /// <summary>
    /// Writes four numbers above 255, each of which takes three or five bytes. One shuffle per pair, chosen by which of the two are wide, makes them
    /// big-endian and leaves space for their first bytes.
    /// </summary>
    private static int WriteFour(ref byte destination, Vector128<uint> four)
    {
        uint wide = Vector128.GreaterThan(four, Vector128.Create((uint)ushort.MaxValue)).ExtractMostSignificantBits();
        int first = WritePair(ref destination, four.AsByte(), wide & 3);
        Vector128<byte> upper = Vector128.Create(four.AsUInt64().GetElement(1), 0UL).AsByte();
        return first + WritePair(ref Unsafe.Add(ref destination, first), upper, wide >> 2);
    }

    private static int WritePair(ref byte destination, Vector128<byte> pair, uint wide)
    {
        ref readonly PairShape shape = ref Shapes[(int)wide];
        Vector128<byte> bytes = Vector128.ShuffleNative(pair, shape.Order) | shape.Heads;
        bytes.StoreUnsafe(ref destination);
        return shape.Length;
    }

    private static int WriteEach(ref byte start, ReadOnlySpan<uint> integers)
    {
        int length = 0;
        foreach (uint integer in integers)
        {
            ref byte destination = ref Unsafe.Add(ref start, length);
            length += integer <= byte.MaxValue ? WriteSmall(ref destination, integer)
                : integer <= ushort.MaxValue ? WriteBytes(ref destination, 0x19, integer, 2)
                : WriteBytes(ref destination, 0x1a, integer, 4);
        }

        return length;
    }

    private static int WriteBytes(ref byte destination, byte head, uint integer, int bytes)
    {
        destination = head;
        for (int i = 1; i <= bytes; i++)
        {
            Unsafe.Add(ref destination, i) = (byte)(integer >> (8 * (bytes - i)));
        }

        return 1 + bytes;
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

    /// <param name="Order">For each written byte the index of the source byte.</param>
    /// <param name="Heads">The first bytes of both numbers, in their places.</param>
    /// <param name="Length">Number of written bytes that count.</param>
    private readonly record struct PairShape(Vector128<byte> Order, Vector128<byte> Heads, int Length);
}
