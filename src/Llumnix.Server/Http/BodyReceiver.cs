using System.Buffers;
using System.IO.Pipelines;
using Llumnix.Adapters.Listeners;
using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http;

/// <summary>Receives the bodies of requests within the memory bound, and refuses bodies that stall or break off.</summary>
internal sealed class BodyReceiver(BodyMemory memory, RefusalTelemetry refusals) : IDisposable
{
    /// <summary>Held while a piece of a large body is parsed, so that all large bodies together use one processor at most.</summary>
    private readonly SemaphoreSlim _turns = new(1);

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    /// <summary>Receives the body of a request and answers the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="endpoint">Writes the answer. The memory of the body is returned after that.</param>
    internal Task ReceiveAsync<TMessage>(HttpContext context, IMessageEndpoint<TMessage> endpoint)
        where TMessage : class, IRequestMessage, new()
    {
        if (IsEncoded(context.Request))
        {
            return WriteEncodedAsync(context);
        }

        TMessage? message;
        ValueTask<ReadResult> reading;
        try
        {
            message = RequestBody<TMessage>.TryRead(context.Request, out reading);
        }
        catch (Exception exception) when (IsEndOfBody(exception))
        {
            return RefuseAsync(context, exception);
        }

        return message is not null ? endpoint.HandleAsync(context, message) : ReceiveRestAsync(context, reading, endpoint);
    }

    /// <summary>Receives the body of a request as it is and answers the request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="answer">Writes the answer. The body is its own; it counts as memory for bodies until the answer is written.</param>
    internal async Task ReceiveBytesAsync(HttpContext context, Func<HttpContext, ReadOnlyMemory<byte>, Task> answer)
    {
        if (IsEncoded(context.Request))
        {
            await WriteEncodedAsync(context);
            return;
        }

        using var share = new BodyShare(memory);
        byte[]? body;
        try
        {
            body = await ReadBytesAsync(context.Request, share);
        }
        catch (Exception exception) when (IsEndOfBody(exception))
        {
            await RefuseAsync(context, exception);
            return;
        }

        if (share.IsRefused)
        {
            refusals.Bodies.Inc();
            await ErrorResponse.WriteBusyAsync(context, "too many bodies at a time");
        }
        else if (body is null)
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, BodyBounds.TooLargeText);
        }
        else
        {
            await answer(context, body);
        }
    }

    /// <returns>Null when the body is too large, or there is no memory for it.</returns>
    private static async Task<byte[]?> ReadBytesAsync(HttpRequest request, BodyShare share)
    {
        PipeReader reader = request.BodyReader;
        byte[] body = new byte[Math.Min(request.ContentLength ?? 0, BodyBounds.MaxBytesAtOnce)];
        for (int length = 0; ;)
        {
            ReadResult result = await reader.ReadAsync(CancellationToken.None);
            long size = length + result.Buffer.Length;
            bool isWhole = result.IsCompleted || size == request.ContentLength;
            if (size > BodyBounds.MaxBytes || !share.TryGrowTo(size))
            {
                reader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (size > body.Length)
            {
                Array.Resize(ref body, (int)(isWhole ? size : Math.Min(2 * size, BodyBounds.MaxBytes)));
            }

            result.Buffer.CopyTo(body.AsSpan(length));
            length = (int)size;
            reader.AdvanceTo(result.Buffer.End);
            if (isWhole)
            {
                Array.Resize(ref body, length);
                return body;
            }
        }
    }

    private async Task ReceiveRestAsync<TMessage>(HttpContext context, ValueTask<ReadResult> reading, IMessageEndpoint<TMessage> endpoint)
        where TMessage : class, IRequestMessage, new()
    {
        using var share = new BodyShare(memory);
        TMessage? message;
        try
        {
            message = await RequestBody<TMessage>.ReadRestAsync(context.Request, reading, share, _turns);
        }
        catch (Exception exception) when (IsEndOfBody(exception))
        {
            await RefuseAsync(context, exception);
            return;
        }

        if (message is null)
        {
            refusals.Bodies.Inc();
            await ErrorResponse.WriteBusyAsync(context, "too many bodies at a time");
            return;
        }

        await endpoint.HandleAsync(context, message);
    }

    /// <summary>Answers 415 to a body with a <c>Content-Encoding</c>.</summary>
    internal static Task WriteEncodedAsync(HttpContext context) => ErrorResponse.WriteAsync(
        context, StatusCodes.Status415UnsupportedMediaType, "a body with a Content-Encoding is not read: send it as it is");

    /// <summary>Whether the body has a <c>Content-Encoding</c>, which is not read.</summary>
    internal static bool IsEncoded(HttpRequest request) =>
        request.Headers.ContentEncoding.Count > 0 && !request.Headers.ContentEncoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase);

    private static bool IsEndOfBody(Exception exception) => exception is IOException or OperationCanceledException;

    /// <summary>
    /// Answers a body that did not complete: 408 when it stalled, 413 when it is longer than the listener takes, 400 when it was malformed or cut off. The answer is
    /// written even when the client has gone, since only an answer that ends the connection keeps the server from reading on in the middle of this body.
    /// </summary>
    private async Task RefuseAsync(HttpContext context, Exception exception)
    {
        refusals.Incomplete.Inc();
        if (!context.Response.HasStarted)
        {
            (int status, string error) = (exception as BadHttpRequestException)?.StatusCode switch
            {
                StatusCodes.Status408RequestTimeout => (StatusCodes.Status408RequestTimeout, "the body came too slowly"),
                StatusCodes.Status413PayloadTooLarge => (StatusCodes.Status413PayloadTooLarge, "the body is too large"),
                _ => (StatusCodes.Status400BadRequest, "the body is not complete"),
            };
            RequestGuard.EndConnection(context);
            await ErrorResponse.WriteInAnyCaseAsync(context, status, error);
        }

        if (exception is not BadHttpRequestException)
        {
            context.Abort();
        }
    }
}
