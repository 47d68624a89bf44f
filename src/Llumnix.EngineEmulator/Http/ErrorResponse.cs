using System.Text.Json;
using Llumnix.Adapters.Listeners;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The error body of the OpenAI API.</summary>
internal static class ErrorResponse
{
    public static async Task WriteAsync(HttpContext context, int statusCode, string message)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "application/json";
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.OneLine))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", message);
            json.WriteString("type", TypeOf(statusCode));
            json.WriteNull("param");
            json.WriteNumber("code", statusCode);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static string TypeOf(int statusCode) => statusCode switch
    {
        StatusCodes.Status500InternalServerError => "InternalServerError",
        > StatusCodes.Status500InternalServerError => "ServiceUnavailableError",
        _ => "BadRequestError",
    };
}
