using System.Net;
using System.Net.Http.Headers;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Routing;

/// <summary>Sends clients' requests to external endpoints, without the clients' credentials.</summary>
/// <param name="connections">The connections.</param>
/// <param name="timeout">Longest time until an endpoint begins to answer, above 0.</param>
/// <param name="time">The clock.</param>
internal sealed class ExternalClient(HttpMessageInvoker connections, TimeSpan timeout, TimeProvider time)
{
    /// <summary>Sends a request and waits for the headers of the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The endpoint.</param>
    /// <returns>The answer with its body not yet read, which the caller disposes of; null when there is none.</returns>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    public async Task<HttpResponseMessage?> SendAsync(ExternalRequest request, Route route)
    {
        using HttpRequestMessage message = MessageFor(request, route);

        // Another endpoint follows one that is silent, so the request itself must not end with it.
        request.Active.Allow(TimeSpan.MaxValue);
        request.Record.OnSentOut(request.Active.Touch());
        CancellationToken ending = request.Active.Ending;
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ending);
        try
        {
            return await connections.SendAsync(message, either.Token);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !ending.IsCancellationRequested))
        {
            return null;
        }
    }

    private static HttpRequestMessage MessageFor(ExternalRequest request, Route route)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, route.ToUri(request.Client.Path.ToUriComponent(), request.Client.QueryString.Value ?? ""))
        {
            Content = new PatchedContent(request.BodyFor(route.Model), request.Body),
            Version = HttpVersion.Version11,
        };
        ForwardedHeaders.CopyToEngine(request.Client.Headers, message, isAuthorizationForwarded: false);
        message.Headers.TryAddWithoutValidation(RequestIds.Header, request.Id);
        if (route.ApiKey.Length > 0)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", route.ApiKey);
        }

        return message;
    }
}
