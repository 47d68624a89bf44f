using Llumnix.Server.Telemetry;

namespace Llumnix.Server.Http.Endpoints;

/// <summary><c>/metrics</c>: the metrics in Prometheus' text format.</summary>
internal sealed class MetricsEndpoint(MetricsPage metrics) : IEndpoint
{
    private const int PieceBytes = 32 * 1024;

    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            ReadOnlyMemory<byte> page = await metrics.GetAsync().WaitAsync(context.RequestAborted);
            context.Response.ContentType = MetricsPage.ContentType;
            context.Response.ContentLength = page.Length;
            for (ReadOnlyMemory<byte> rest = page; !rest.IsEmpty;)
            {
                // Written in pieces, each queued behind waiting work: the page of a large fleet has megabytes.
                int length = Math.Min(rest.Length, PieceBytes);
                await context.Response.Body.WriteAsync(rest[..length], context.RequestAborted);
                rest = rest[length..];
                await Task.Yield();
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }
}
