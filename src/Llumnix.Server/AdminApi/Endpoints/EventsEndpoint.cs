using System.Threading.Channels;
using Llumnix.Server.Http;

namespace Llumnix.Server.AdminApi.Endpoints;

/// <summary><c>/admin/events</c>: a stream of server-sent events, everything at first and then what changes.</summary>
/// <param name="feed">Where they come from.</param>
internal sealed class EventsEndpoint(AdminFeed feed) : IEndpoint
{
    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context)
    {
        Channel<byte[]>? client = feed.Join(out IReadOnlyList<byte[]> first);
        if (client is null)
        {
            await ErrorResponse.WriteBusyAsync(context, "too many clients of the event stream");
            return;
        }

        try
        {
            HttpResponse response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            foreach (byte[] message in first)
            {
                await response.Body.WriteAsync(message, context.RequestAborted);
            }

            await response.Body.FlushAsync(context.RequestAborted);
            while (await client.Reader.WaitToReadAsync(context.RequestAborted))
            {
                while (client.Reader.TryRead(out byte[]? message))
                {
                    await response.Body.WriteAsync(message, context.RequestAborted);
                }

                await response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            feed.Clients.Remove(client);
        }
    }
}
