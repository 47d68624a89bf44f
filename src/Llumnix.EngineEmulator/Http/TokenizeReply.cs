using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The answer of <c>/tokenize</c>.</summary>
internal static class TokenizeReply
{
    /// <param name="context">The request.</param>
    /// <param name="tokens">The prompt's token ids.</param>
    /// <param name="maxModelLength">Tokens that a request can have at most.</param>
    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<uint> tokens, long maxModelLength)
    {
        context.Response.ContentType = "application/json";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteNumber("count", tokens.Length);
            json.WriteNumber("max_model_len", maxModelLength);
            json.WriteStartArray("tokens");
            foreach (uint token in tokens.Span)
            {
                json.WriteNumberValue(token);
            }

            json.WriteEndArray();
            json.WriteNull("token_strs");
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
