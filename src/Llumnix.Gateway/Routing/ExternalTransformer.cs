using System.Net.Http.Headers;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Llumnix.Gateway.Routing;

/// <summary>Makes one request to an external endpoint of a client's, without the client's credentials.</summary>
/// <param name="route">The endpoint.</param>
/// <param name="requestId">The request's id.</param>
/// <param name="length">Length of its body in bytes.</param>
/// <param name="isLast">Whether nothing is tried after it, so that the client gets its errors.</param>
internal sealed class ExternalTransformer(Route route, string requestId, long length, bool isLast) : HttpTransformer
{
    /// <summary>What the endpoint has answered; 0 before.</summary>
    public int Status { get; private set; }

    /// <summary>Whether the client gets the answer.</summary>
    public bool IsRelayed { get; private set; }

    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        HttpRequest request = httpContext.Request;
        proxyRequest.RequestUri = route.ToUri(request.Path.ToUriComponent(), request.QueryString.Value ?? "");
        ForwardedHeaders.CopyToEngine(request.Headers, proxyRequest, isAuthorizationForwarded: false);
        proxyRequest.Headers.TryAddWithoutValidation(RequestIds.Header, requestId);
        if (proxyRequest.Content is { } content)
        {
            content.Headers.ContentLength = length;
        }

        if (route.ApiKey.Length > 0)
        {
            proxyRequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", route.ApiKey);
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return ValueTask.FromResult(false);
        }

        Status = (int)proxyResponse.StatusCode;

        // A refused key is the gateway's, not the client's.
        bool isOwnFault = Status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden;
        IsRelayed = Status < StatusCodes.Status400BadRequest || (isLast && !isOwnFault);
        if (IsRelayed)
        {
            ForwardedHeaders.CopyToClient(proxyResponse, httpContext.Response, isLengthKept: true);
        }

        return ValueTask.FromResult(IsRelayed);
    }
}
