using System.Net;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Relay;

/// <summary>Sends clients' requests to engines.</summary>
/// <param name="connections">The connections.</param>
/// <param name="access">What engines are shown to let the gateway in.</param>
internal sealed class EngineClient(HttpMessageInvoker connections, EngineAccess access)
{
    /// <summary>Sends a request and waits for the headers of the answer.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="requestId">Its id.</param>
    /// <param name="body">The buffer that contains the pieces.</param>
    /// <param name="pieces">The body to send.</param>
    /// <param name="engine">The engine.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<EngineAnswer> SendAsync(
        HttpRequest request,
        string requestId,
        RequestBody body,
        IReadOnlyList<ReadOnlyMemory<byte>> pieces,
        EngineTarget engine,
        CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, engine.ToUri(request.Path.ToUriComponent() + request.QueryString.Value))
        {
            Content = new PatchedContent(pieces, body),
            Version = HttpVersion.Version11,
        };
        ForwardedHeaders.CopyToEngine(request.Headers, message, access.ShowsClients);
        access.AddTo(message);
        message.Headers.TryAddWithoutValidation(RequestIds.Header, requestId);
        try
        {
            HttpResponseMessage answer = await connections.SendAsync(message, cancellation);
            if (!Redirection.Is((int)answer.StatusCode))
            {
                return new EngineAnswer(answer, EngineFailure.None);
            }

            answer.Dispose();
            return new EngineAnswer(null, EngineFailure.Redirected);
        }
        catch (HttpRequestException exception)
        {
            bool isRefused = exception.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
            return new EngineAnswer(null, isRefused ? EngineFailure.Refused : EngineFailure.Broken);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The connect timeout also surfaces as a cancellation.
            return new EngineAnswer(null, EngineFailure.Refused);
        }
    }
}
