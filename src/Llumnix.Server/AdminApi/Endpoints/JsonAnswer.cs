using System.Buffers;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Server.AdminApi.Endpoints;

/// <summary>Writes answers of the admin API.</summary>
internal static class JsonAnswer
{
    /// <summary>Writes an answer, which no cache keeps; of one to HEAD only the headers.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="context">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="type">How it is written.</param>
    internal static Task WriteAsync<T>(HttpContext context, int status, T answer, JsonTypeInfo<T> type)
    {
        var json = new ArrayBufferWriter<byte>();
        ReadableJson.Write(json, answer, type);
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = json.WrittenCount;
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(json.WrittenMemory, context.RequestAborted).AsTask();
    }
}
