using Llumnix.Server.Http;

namespace Llumnix.Server.Leadership;

/// <summary>Lets requests through to an endpoint while this replica leads; at a follower they go to the leader.</summary>
/// <param name="replica">This replica.</param>
/// <param name="forwarder">Sends requests to the leader.</param>
/// <param name="next">The endpoint.</param>
/// <param name="path">Where the leader serves it to other replicas; null: at the path of the request.</param>
internal sealed class LeaderGate(Replica replica, Forwarder forwarder, IEndpoint next, string? path = null) : IEndpoint
{
    /// <summary>The header of a request that another replica has forwarded: it is not forwarded again.</summary>
    internal const string ForwardedHeader = "Llumnix-Forwarded-By";

    /// <summary>The header of an answer that only says that this replica does not lead.</summary>
    internal const string NotLeadingHeader = "Llumnix-Not-Leading";

    /// <summary>The header that names the epoch of the leader that has made a placement.</summary>
    internal const string EpochHeader = "Llumnix-Epoch";

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) =>
        replica.IsLeading ? next.HandleAsync(context)
        : context.Request.Headers.ContainsKey(ForwardedHeader) ? WriteNotLeadingAsync(context)
        : forwarder.ForwardAsync(context, next, path);

    /// <summary>Says that this replica does not lead; a replica that has forwarded the request looks for the leader then.</summary>
    internal static Task WriteNotLeadingAsync(HttpContext context)
    {
        context.Response.Headers[NotLeadingHeader] = "1";
        return ErrorResponse.WriteBusyAsync(context, "this replica does not lead");
    }
}
