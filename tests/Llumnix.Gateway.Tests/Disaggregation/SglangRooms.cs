using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>
/// A prefill engine that does its work, and decode engines. With SGLang's protocol a decode waits until that engine has been called with its
/// room, or until its own caller has gone.
/// </summary>
internal sealed class SglangRooms
{
    private readonly TaskCompletionSource<string> _prefilled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _headersSent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;

    /// <summary>Whether a stream's headers come before there is anything to be sent.</summary>
    public bool AreHeadersFirst { get; init; }

    /// <summary>Completes when a stream's headers have been sent.</summary>
    public Task HeadersSent => _headersSent.Task;

    /// <summary>Decodes that wait.</summary>
    public int WaitingDecodes => Volatile.Read(ref _waiting);

    public Task PrefillAsync(HttpContext context, byte[] body)
    {
        _prefilled.TrySetResult(RoomOf(body));
        return PdAnswers.Prefill(context, body);
    }

    public async Task DecodeAsync(HttpContext context, byte[] body)
    {
        string room = RoomOf(body);
        if (room.Length > 0)
        {
            Interlocked.Increment(ref _waiting);
            if (AreHeadersFirst)
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.Body.FlushAsync();
                _headersSent.TrySetResult();
            }

            var gone = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration registration = context.RequestAborted.Register(() => gone.TrySetResult("gone"));
            string prefilled = await await Task.WhenAny(_prefilled.Task, gone.Task);
            if (prefilled != room)
            {
                await gone.Task.WaitAsync(TestContext.Current.CancellationToken);
            }

            Interlocked.Decrement(ref _waiting);
        }

        await PdAnswers.Decode(context, body);
    }

    private static string RoomOf(byte[] body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.TryGetProperty("bootstrap_room", out JsonElement room) ? room.GetString()! : "";
    }
}
