using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>What the readers of JSON bodies have in common.</summary>
internal static class JsonText
{
    internal const string InvalidText = "malformed JSON: a text is not valid UTF-8";

    /// <summary>Where a body is malformed. Its token ids are not counted.</summary>
    internal static string Malformed(JsonException exception) =>
        $"malformed JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
}
