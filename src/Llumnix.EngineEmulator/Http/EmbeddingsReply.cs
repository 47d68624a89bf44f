using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The answer of <c>/v1/embeddings</c>: short vectors made from the inputs' hashes. It costs the modelled engine nothing.</summary>
internal static class EmbeddingsReply
{
    private const int Dimensions = 8;

    /// <param name="context">The request.</param>
    /// <param name="model">The model to name.</param>
    /// <param name="inputs">The inputs, with token ids.</param>
    /// <param name="isBase64">Whether a vector is the base64 of its little-endian floats, not an array.</param>
    public static async Task WriteAsync(HttpContext context, string model, IReadOnlyList<Prompt> inputs, bool isBase64)
    {
        context.Response.ContentType = "application/json";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            for (int i = 0; i < inputs.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("object", "embedding");
                json.WriteNumber("index", i);
                WriteVector(json, inputs[i], isBase64);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("model", model);
            long tokens = inputs.Sum(input => (long)input.Tokens);
            json.WriteStartObject("usage");
            json.WriteNumber("prompt_tokens", tokens);
            json.WriteNumber("total_tokens", tokens);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void WriteVector(Utf8JsonWriter json, Prompt input, bool isBase64)
    {
        var vector = new float[Dimensions];
        foreach (uint id in input.TokenIds.Span)
        {
            vector[id % Dimensions] += 1f / input.Tokens;
        }

        if (isBase64)
        {
            var bytes = new byte[Dimensions * sizeof(float)];
            for (int i = 0; i < Dimensions; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
            }

            json.WriteBase64String("embedding", bytes);
            return;
        }

        json.WriteStartArray("embedding");
        foreach (float value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
