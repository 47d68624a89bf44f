using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Llumnix.Adapters.Files;

/// <summary>Tells text in UTF-8 from other content.</summary>
internal static class TextContent
{
    /// <summary>Whether bytes begin with the mark of UTF-16 or UTF-32.</summary>
    public static bool IsMarkedWide(ReadOnlySpan<byte> bytes) => bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF, ..];

    /// <summary>Why bytes are not text in UTF-8, without any of them; null: they are.</summary>
    public static string? FindProblem(ReadOnlySpan<byte> bytes)
    {
        if (IsMarkedWide(bytes))
        {
            return "it is UTF-16 or UTF-32; save it as UTF-8";
        }

        if (bytes.Contains((byte)0))
        {
            return "it is not text in UTF-8: it has a byte 0, as packed and binary files have, and UTF-16 without its mark";
        }

        return Utf8.IsValid(bytes)
            ? null
            : FormattableString.Invariant($"it is not text in UTF-8: line {LineOfInvalid(bytes)} has a byte that is not; save it as UTF-8");
    }

    private static int LineOfInvalid(ReadOnlySpan<byte> bytes)
    {
        int place = 0;
        while (Rune.DecodeFromUtf8(bytes[place..], out _, out int length) == OperationStatus.Done)
        {
            place += length;
        }

        return 1 + bytes[..place].Count((byte)'\n');
    }
}
