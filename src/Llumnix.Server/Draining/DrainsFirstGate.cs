using Llumnix.Server.Http;
using Llumnix.Server.Leadership;

namespace Llumnix.Server.Draining;

/// <summary>Has the first requests of a new leader wait, for a second at most, until it has the drains of the old one.</summary>
/// <param name="replica">This replica.</param>
/// <param name="keeper">Reads the drains.</param>
/// <param name="next">The endpoint.</param>
internal sealed class DrainsFirstGate(Replica replica, DrainKeeper keeper, IEndpoint next) : IEndpoint
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => keeper.IsOpen(replica.Epoch) ? next.HandleAsync(context) : WaitAsync(context);

    private async Task WaitAsync(HttpContext context)
    {
        try
        {
            await keeper.OpenAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }

        await next.HandleAsync(context);
    }
}
