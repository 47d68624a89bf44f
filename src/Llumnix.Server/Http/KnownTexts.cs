using System.Text.Json;

namespace Llumnix.Server.Http;

/// <summary>Strings that occur in nearly every request, shared so that reading them allocates nothing.</summary>
internal static class KnownTexts
{
    internal static string Get(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("neutral"u8) ? "neutral"
        : reader.ValueTextEquals("prefill"u8) ? "prefill"
        : reader.ValueTextEquals("decode"u8) ? "decode"
        : reader.ValueTextEquals("pd_batch"u8) ? "pd_batch"
        : reader.ValueTextEquals("pd_staged"u8) ? "pd_staged"
        : reader.ValueTextEquals(""u8) ? ""
        : reader.GetString()!;
}
