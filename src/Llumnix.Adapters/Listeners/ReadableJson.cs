using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Adapters.Listeners;

/// <summary>
/// How JSON that people may read is written: escaped is only what JSON itself needs escaped, so that quotes in messages show as <c>\"</c>. Its type tells clients that it is
/// JSON; text inside a page would need more.
/// </summary>
public static class ReadableJson
{
    /// <summary>Escapes texts.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>All on one line.</summary>
    public static JsonWriterOptions OneLine { get; } = new() { Encoder = Encoder };

    /// <summary>With line ends and indentation.</summary>
    public static JsonWriterOptions Indented { get; } = new() { Encoder = Encoder, Indented = true };

    /// <summary>Writes a value on one line.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="output">Receives the JSON as UTF-8.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">How it is written.</param>
    public static void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> type)
    {
        using var json = new Utf8JsonWriter(output, OneLine);
        JsonSerializer.Serialize(json, value, type);
    }

    /// <summary>Answers a request with a value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="context">The request; the status of the response is set already.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">How it is written.</param>
    public static async Task AnswerAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        Write(context.Response.BodyWriter, value, type);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
