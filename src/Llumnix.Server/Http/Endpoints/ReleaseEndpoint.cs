using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http.Endpoints;

/// <summary><c>/release</c>: frees what a request holds on the instances that the body lists; 200 with no body, also where it holds nothing.</summary>
internal sealed class ReleaseEndpoint(IRequestScheduler scheduler) : IMessageEndpoint<ParsedRequest>
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, ParsedRequest message)
    {
        if (!RequestValidation.IsReleasable(message))
        {
            return ErrorResponse.WriteBadRequestAsync(context, message);
        }

        string gatewayId = HostAddress.NormalizeEndpoint(message.GatewayId);
        foreach (ReleasedInstance instance in message.SchedulingResult)
        {
            scheduler.Release(message.Id, instance with { GatewayId = gatewayId });
        }

        RequestBody<ParsedRequest>.Return(message);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
