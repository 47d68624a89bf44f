using Llumnix.Gateway.Health;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Routing;

/// <summary>The routes, and the way to external endpoints. Safe for concurrent use.</summary>
/// <param name="table">The routes.</param>
/// <param name="client">Sends requests there.</param>
/// <param name="random">Draws routes by weight; used under a lock.</param>
/// <param name="telemetry">Counts.</param>
/// <param name="outages">Is told of endpoints that fail.</param>
internal sealed class ExternalRoutes(RouteTable table, ExternalClient client, Random random, RouteTelemetry telemetry, EndpointOutages outages)
{
    private readonly Lock _drawing = new();

    /// <summary>The endpoints that take what failed elsewhere, in the order in which they are tried.</summary>
    public IReadOnlyList<Route> Fallbacks => table.Fallbacks;

    /// <summary>Chooses a request's route.</summary>
    /// <param name="model">Its model; may be empty.</param>
    /// <returns>Null when no route is for the model.</returns>
    public Route? Choose(string model)
    {
        lock (_drawing)
        {
            return table.Choose(model, random);
        }
    }

    /// <summary>Sends a request to one endpoint and relays its answer, unless another endpoint may do better.</summary>
    /// <param name="request">The request; its client has not been sent anything.</param>
    /// <param name="route">The endpoint.</param>
    /// <param name="isLast">Whether no other endpoint is left, so that the client gets this one's errors.</param>
    /// <param name="isFallback">Whether it takes the place of another.</param>
    /// <returns>Whether the client has an answer, or the beginning of one.</returns>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    public async Task<bool> TryAsync(ExternalRequest request, Route route, bool isLast, bool isFallback)
    {
        using HttpResponseMessage? answer = await client.SendAsync(request, route);
        int status = (int?)answer?.StatusCode ?? 0;
        bool isUsable = status > 0 && !Redirection.Is(status);

        // A refused key is the gateway's, not the client's.
        bool isOwnFault = status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden;
        if (!isUsable || (status >= StatusCodes.Status400BadRequest && (!isLast || isOwnFault)))
        {
            Note(request, route, status, isBroken: !isUsable, isFallback);
            return false;
        }

        try
        {
            RelayResult result = await request.Answer.RelayAsync(answer!, placed: null, cutsUsage: false, OpenAiError.ExternalBroke());
            Note(request, route, status, isBroken: result != RelayResult.Complete, isFallback);
            return result != RelayResult.BrokenBefore;
        }
        catch (OperationCanceledException) when (request.Active.Reason == RequestEnd.TimedOut)
        {
            Note(request, route, status, isBroken: true, isFallback);
            throw;
        }
    }

    /// <summary>Counts an answer, and tells of an endpoint that fails for all requests: the faults of one request, such as 400, are none of its own.</summary>
    private void Note(ExternalRequest request, Route route, int status, bool isBroken, bool isFallback)
    {
        telemetry.OnAnswered(request.Model, status, isBroken, isFallback);
        string? reason = Redirection.Is(status) ? "it redirects to another address"
            : status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden ? "it refuses the key of the route"
            : status >= StatusCodes.Status500InternalServerError ? FormattableString.Invariant($"it answers {status}")
            : status == 0 ? "it cannot be reached, or does not answer in time"
            : isBroken ? "it breaks off its answers"
            : null;
        if (reason is null)
        {
            outages.OnAnswered(route.BaseUrl!);
        }
        else
        {
            outages.OnFailed(route.BaseUrl!, reason);
        }
    }
}
