using Llumnix.Adapters.Listeners;
using Llumnix.Server.Http;

namespace Llumnix.Server.Leadership;

/// <summary><c>/leaderz</c>: 200 at the leader, 503 at followers; who leads in JSON. For load balancers that send requests to the leader alone.</summary>
internal sealed class LeaderEndpoint(Replica replica) : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context)
    {
        LeaderState state = replica.State();
        context.Response.StatusCode = state.Role == "follower" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        return ReadableJson.AnswerAsync(context, state, LeadershipJsonContext.Default.LeaderState);
    }
}
