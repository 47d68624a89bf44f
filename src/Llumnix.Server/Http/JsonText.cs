using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>Helpers that the readers of JSON bodies share.</summary>
internal static class JsonText
{
    internal const string InvalidText = "malformed JSON: a text is not valid UTF-8";

    /// <summary>The position at which a body is malformed, without the bytes of its token ids.</summary>
    internal static string Malformed(JsonException exception) =>
        $"malformed JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
}
