using Llumnix.Adapters.Listeners;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Requests;
using Llumnix.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Relay;

/// <summary>
/// What one client is answered: the first answer of an engine or an external endpoint that does not break off before the client has seen any of it.
/// </summary>
/// <param name="context">The client's request.</param>
/// <param name="active">What ends it from outside.</param>
/// <param name="record">Takes note of times and numbers.</param>
/// <param name="idleTimeout">Longest time in which nothing of an answer moves.</param>
/// <param name="memory">Bounds the memory of held answers, together with that of bodies.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientAnswer(
    HttpContext context, ActiveRequest active, RequestRecord record, TimeSpan idleTimeout, BodyMemory memory, TimeProvider time)
{
    /// <summary>Longest wait for a client to take the last event of a broken stream: the client may be what does not move.</summary>
    private static readonly TimeSpan LastEventTimeout = TimeSpan.FromSeconds(5);

    private AnswerRelay? _relay;

    /// <summary>Whether the client is being sent an answer: then nothing else can be said to it.</summary>
    public bool IsStarted => _relay is { IsStarted: true };

    /// <summary>Relays an answer to its end. One that breaks off after the client has seen some of it is ended.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="placed">Takes note of the progress; null when no engine is held for the answer.</param>
    /// <param name="cutsUsage">Whether usage is taken out of a stream.</param>
    /// <param name="broken">What the client of a broken stream is told.</param>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    public async Task<RelayResult> RelayAsync(HttpResponseMessage answer, PlacedRequest? placed, bool cutsUsage, OpenAiError broken)
    {
        using var relay = new AnswerRelay(context, active, record, idleTimeout, cutsUsage, memory);
        _relay = relay;
        RelayResult result = await relay.RunAsync(answer, placed);
        if (result == RelayResult.BrokenWithin)
        {
            await EndBrokenAsync(broken);
        }

        return result;
    }

    /// <summary>Ends an answer that the client has the beginning of: a stream by an event, anything else by breaking the connection.</summary>
    /// <param name="error">What the event says.</param>
    public async Task EndBrokenAsync(OpenAiError error)
    {
        if (_relay is not { IsEventStream: true } relay)
        {
            context.Abort();
            return;
        }

        using var limit = new CancellationTokenSource(LastEventTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            await error.WriteEventAsync(context.Response, relay.IsBetweenEvents, either.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }
}
