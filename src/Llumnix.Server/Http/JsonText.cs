using System.Buffers;
using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>What the readers of JSON bodies have in common.</summary>
internal static class JsonText
{
    internal static Utf8JsonReader Reader(in ReadOnlySequence<byte> json) =>
        json.IsSingleSegment ? new Utf8JsonReader(json.FirstSpan) : new Utf8JsonReader(json);

    internal static string Malformed(JsonException exception) =>
        $"malformed JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";

    internal const string InvalidText = "malformed JSON: a text is not valid UTF-8";
}
