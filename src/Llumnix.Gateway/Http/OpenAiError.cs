using System.Buffers;
using System.Text.Json;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Http;

/// <summary>An error as the OpenAI API tells it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">The kind of error, such as <c>invalid_request_error</c>.</param>
/// <param name="Code">A word for programs.</param>
/// <param name="Message">A sentence for people. Holds nothing of a prompt.</param>
internal sealed record OpenAiError(int Status, string Type, string Code, string Message)
{
    private const int NamedModels = 10;
    private const string Invalid = "invalid_request_error";
    private const string Server = "server_error";
    private const string Unavailable = "service_unavailable_error";

    /// <summary>When to come back, in seconds; 0 when that does not help.</summary>
    public int RetryAfterSeconds { get; init; }

    /// <summary>The body or a member of it cannot be used.</summary>
    public static OpenAiError BadRequest(string message) => new(StatusCodes.Status400BadRequest, Invalid, "invalid_body", message);

    /// <summary>A header of the gateway's own cannot be used.</summary>
    public static OpenAiError BadHeader(string name, string kind) =>
        new(StatusCodes.Status400BadRequest, Invalid, "invalid_header", FormattableString.Invariant($"the header '{name}' must be {kind}"));

    /// <summary>No key, or none that is accepted.</summary>
    public static OpenAiError InvalidKey() => new(
        StatusCodes.Status401Unauthorized, Invalid, "invalid_api_key", "an API key is needed that is accepted here: Authorization: Bearer KEY");

    /// <summary>A key has taken what it may take in a minute.</summary>
    /// <param name="unit"><c>requests</c> or <c>tokens</c>.</param>
    /// <param name="retryAfter">When there is enough again.</param>
    public static OpenAiError RateLimited(string unit, TimeSpan retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, unit, "rate_limit_exceeded", $"the key's {unit} of this minute are used up")
        {
            RetryAfterSeconds = (int)Math.Ceiling(retryAfter.TotalSeconds),
        };

    /// <summary>The path and the query are too long.</summary>
    public static OpenAiError UrlTooLong(int max) => new(
        StatusCodes.Status414UriTooLong, Invalid, "url_too_long", FormattableString.Invariant($"the path and query are longer than {max} characters"));

    /// <summary>There is no such path.</summary>
    public static OpenAiError UnknownPath() => new(StatusCodes.Status404NotFound, Invalid, "unknown_url", "there is no such path here");

    /// <summary>The path takes another method.</summary>
    public static OpenAiError MethodNotAllowed() => new(StatusCodes.Status405MethodNotAllowed, Invalid, "method_not_allowed", "the path takes another method");

    /// <summary>No engine serves the model.</summary>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="served">The models that are served.</param>
    public static OpenAiError ModelNotServed(string model, IReadOnlyList<string> served)
    {
        string names = served.Count == 0 ? "none is known" : string.Join(", ", served.Take(NamedModels).Select(Quoted.Plain));
        string more = served.Count > NamedModels ? FormattableString.Invariant($" and {served.Count - NamedModels} more (GET /v1/models)") : "";
        return new(StatusCodes.Status404NotFound, Invalid, "model_not_found", $"no engine serves the model {Quoted.Text(model)}; served are: {names}{more}");
    }

    /// <summary>The body is too long.</summary>
    public static OpenAiError BodyTooLong(int maxBytes) => new(
        StatusCodes.Status413PayloadTooLarge, Invalid, "body_too_long", FormattableString.Invariant($"the body is longer than {maxBytes} bytes"));

    /// <summary>The body is compressed.</summary>
    public static OpenAiError BodyEncoded() => new(
        StatusCodes.Status415UnsupportedMediaType, Invalid, "body_encoded", "a body with a Content-Encoding is not read: send it as it is");

    /// <summary>The bodies of all requests together take as much memory as they may.</summary>
    public static OpenAiError BodiesTakeTooMuch() =>
        new(StatusCodes.Status503ServiceUnavailable, Unavailable, "too_many_bodies", "too many large bodies at a time") { RetryAfterSeconds = 1 };

    /// <summary>The connection is one too many.</summary>
    public static OpenAiError TooManyConnections() =>
        new(StatusCodes.Status503ServiceUnavailable, Unavailable, "too_many_connections", "too many connections") { RetryAfterSeconds = 1 };

    /// <summary>The body did not arrive within its time.</summary>
    public static OpenAiError BodyTooSlow() => new(StatusCodes.Status408RequestTimeout, Invalid, "body_too_slow", "the body arrives too slowly");

    /// <summary>The server could not read the body.</summary>
    /// <param name="status">The status that the server gives the failure.</param>
    /// <param name="maxBytes">Longest body that is taken.</param>
    public static OpenAiError BadTransfer(int status, int maxBytes) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => BodyTooLong(maxBytes),
        StatusCodes.Status408RequestTimeout => BodyTooSlow(),
        _ => new(status, Invalid, "invalid_body", "the body did not arrive as HTTP has it"),
    };

    /// <summary>No engine answered.</summary>
    public static OpenAiError EngineFailed() =>
        new(StatusCodes.Status502BadGateway, Server, "engine_failed", "the engine did not answer") { RetryAfterSeconds = 1 };

    /// <summary>An engine broke its answer off.</summary>
    public static OpenAiError EngineBroke() => new(StatusCodes.Status502BadGateway, Server, "engine_failed", "the engine broke off its answer");

    /// <summary>No external endpoint answered.</summary>
    public static OpenAiError ExternalFailed() =>
        new(StatusCodes.Status502BadGateway, Server, "external_failed", "the external endpoint did not answer the request") { RetryAfterSeconds = 1 };

    /// <summary>An external endpoint broke its answer off.</summary>
    public static OpenAiError ExternalBroke() =>
        new(StatusCodes.Status502BadGateway, Server, "external_failed", "the external endpoint broke off its answer");

    /// <summary>The gateway is about to end.</summary>
    public static OpenAiError Stopping() =>
        new(StatusCodes.Status503ServiceUnavailable, Unavailable, "stopping", "the gateway is being stopped") { RetryAfterSeconds = 1 };

    /// <summary>Something failed that should not.</summary>
    public static OpenAiError Internal() => new(StatusCodes.Status500InternalServerError, Server, "internal_error", "the gateway failed");

    /// <summary>Why a request has no place.</summary>
    public static OpenAiError Of(PlacementRefusal refusal) => refusal switch
    {
        PlacementRefusal.Busy => new(
            StatusCodes.Status503ServiceUnavailable,
            Unavailable,
            "no_capacity",
            "no engine can take the request now: all are full, draining, unreachable or otherwise left out; llumnix explain tells why") { RetryAfterSeconds = 1 },
        PlacementRefusal.NotFound => new(StatusCodes.Status404NotFound, Invalid, "model_not_found", "no engine serves such requests"),
        PlacementRefusal.PromptTooLong => new(StatusCodes.Status400BadRequest, Invalid, "context_length_exceeded", "the prompt is longer than any engine can hold"),
        PlacementRefusal.AllExcluded => EngineFailed(),
        PlacementRefusal.QueueFull => new(StatusCodes.Status429TooManyRequests, Unavailable, "queue_full", "too many requests wait for an engine") { RetryAfterSeconds = 1 },
        _ => new(StatusCodes.Status503ServiceUnavailable, Unavailable, "not_ready", "nothing is known of the engines at the moment") { RetryAfterSeconds = 1 },
    };

    /// <summary>Why a request was ended from outside.</summary>
    public static OpenAiError Of(RequestEnd end) => end == RequestEnd.Stopping
        ? Stopping()
        : new(StatusCodes.Status504GatewayTimeout, Server, "timeout", "the engine took too long");

    /// <summary>Answers with the error. The response must not have begun.</summary>
    public async Task WriteAsync(HttpResponse response, CancellationToken cancellation)
    {
        response.StatusCode = Status;
        response.ContentType = "application/json";
        if (RetryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        WriteTo(response.BodyWriter);
        await response.BodyWriter.FlushAsync(cancellation);
    }

    /// <summary>Ends a stream of events with the error, in place of <c>[DONE]</c>.</summary>
    /// <param name="response">The response, which has begun.</param>
    /// <param name="isBetweenEvents">Whether all events before it have ended.</param>
    /// <param name="cancellation">Ends the wait for the client.</param>
    public async Task WriteEventAsync(HttpResponse response, bool isBetweenEvents, CancellationToken cancellation)
    {
        response.BodyWriter.Write(isBetweenEvents ? "data: "u8 : "\n\ndata: "u8);
        WriteTo(response.BodyWriter);
        response.BodyWriter.Write("\n\n"u8);
        await response.BodyWriter.FlushAsync(cancellation);
    }

    private void WriteTo(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, ReadableJson.OneLine);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", Message);
        json.WriteString("type", Type);
        json.WriteNull("param");
        json.WriteString("code", Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
