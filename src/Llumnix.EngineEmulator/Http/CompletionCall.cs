using System.Buffers;
using System.Threading.Channels;
using Llumnix.EngineEmulator.Disaggregation;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>One completion, from the engine's queue to the last byte of its response.</summary>
internal sealed class CompletionCall(HttpContext context, HostedEngine engine, RemoteKv kv, CompletionRequest request, ProvokedFault fault, EngineHostOptions options)
{
    public async Task RunAsync()
    {
        using var stream = new TokenStream(request.EngineRequestId, options.MaxUnsentTokens);
        using var timeout = new CancellationTokenSource(options.RequestTimeout, options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stream.Broken, timeout.Token);
        EngineRequest engineRequest = ToEngineRequest(stream);
        try
        {
            if (fault.Delay > TimeSpan.Zero)
            {
                await Task.Delay(fault.Delay, options.TimeProvider, ending.Token);
            }

            AdmissionResult? admission = engine.Runner.Add(engineRequest);
            if (admission == AdmissionResult.Accepted)
            {
                kv.Start(engineRequest);
                await RespondAsync(stream, ending.Token);
            }
            else
            {
                await AdmissionRefusal.WriteAsync(context, admission);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            engine.Runner.Disconnect(stream);
            await kv.DisposeAsync();
        }
    }

    private EngineRequest ToEngineRequest(TokenStream stream)
    {
        engine.KvMaster?.Learn(request.Prompt, engine.Runner.Configuration.PrefixBlockSize);
        return new EngineRequest
        {
            Id = request.EngineRequestId,
            PromptTokens = request.Prompt.Tokens,
            OutputTokens = request.MaxTokens,
            ContentIds = request.Prompt.ContentIds,
            Role = kv.Role,
            IsKvPending = kv.IsPending,
            LocalPrefillId = kv.LocalPrefillId,
            Context = stream,
        };
    }

    private async Task RespondAsync(TokenStream stream, CancellationToken cancellationToken)
    {
        var writer = new ResponseWriter(request, options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(), () => KvTransferJson(stream));
        if (request.Stream)
        {
            await StreamAsync(stream.Events, writer, cancellationToken);
            return;
        }

        await foreach (StepEvent stepEvent in stream.Events.ReadAllAsync(cancellationToken))
        {
            Observe(stepEvent);
        }

        if (fault.Kind is FaultKind.Error or FaultKind.Hang)
        {
            await FailAsync(cancellationToken);
            return;
        }

        context.Response.ContentType = "application/json";
        if (fault.Kind == FaultKind.Cut)
        {
            var whole = new ArrayBufferWriter<byte>();
            writer.WriteWhole(whole, request.MaxTokens);
            context.Response.ContentLength = whole.WrittenCount;
            await context.Response.BodyWriter.WriteAsync(whole.WrittenMemory[..(whole.WrittenCount / 2)], cancellationToken);
            await FailAsync(cancellationToken);
        }

        writer.WriteWhole(context.Response.BodyWriter, request.MaxTokens);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <exception cref="IOException">To cut the connection: unlike <see cref="HttpContext.Abort"/>, it lets what has been written reach the client.</exception>
    private async Task FailAsync(CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken);
                return;
            case FaultKind.Cut:
                throw new IOException("cut by " + ProvokedFault.KindHeader);
            default:
                await ErrorResponse.WriteAsync(context, StatusCodes.Status500InternalServerError, "provoked by " + ProvokedFault.KindHeader);
                return;
        }
    }

    private async Task FailStreamAsync(ChannelReader<StepEvent> events, ResponseWriter writer, CancellationToken cancellationToken)
    {
        if (fault.Kind == FaultKind.Error)
        {
            ResponseWriter.WriteError(context.Response.BodyWriter);
        }
        else if (fault.Kind == FaultKind.Cut)
        {
            writer.WriteHalfToken(context.Response.BodyWriter);
        }

        await context.Response.BodyWriter.FlushAsync(cancellationToken);
        if (fault.Kind == FaultKind.Hang)
        {
            // Unread tokens would fill the queue, and the engine would drop the client as too slow.
            await foreach (StepEvent stepEvent in events.ReadAllAsync(cancellationToken))
            {
                Observe(stepEvent);
            }
        }

        if (fault.Kind != FaultKind.Error)
        {
            await FailAsync(cancellationToken);
        }
    }

    private async Task StreamAsync(ChannelReader<StepEvent> events, ResponseWriter writer, CancellationToken cancellationToken)
    {
        if (fault is { Kind: FaultKind.Error, AfterTokens: 0 })
        {
            await FailAsync(cancellationToken);
            return;
        }

        HttpResponse response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        writer.WriteStart(response.BodyWriter);
        while (await events.WaitToReadAsync(cancellationToken))
        {
            while (events.TryRead(out StepEvent stepEvent))
            {
                if (Observe(stepEvent))
                {
                    writer.WriteToken(response.BodyWriter, stepEvent.OutputTokens, stepEvent.Kind == StepEventKind.Finished);
                    if (fault.Kind != FaultKind.None && stepEvent.OutputTokens >= fault.AfterTokens)
                    {
                        await FailStreamAsync(events, writer, cancellationToken);
                        return;
                    }
                }
            }

            await response.BodyWriter.FlushAsync(cancellationToken);
        }

        writer.WriteEnd(response.BodyWriter, request.MaxTokens);
        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <returns>Whether the event has a token.</returns>
    private bool Observe(StepEvent stepEvent)
    {
        if (stepEvent.Kind == StepEventKind.Loaded)
        {
            kv.Free();
        }

        return stepEvent.Kind is StepEventKind.Token or StepEventKind.Finished;
    }

    // After a migration the engine that prefilled the request may not be the one that received it.
    private string KvTransferJson(TokenStream stream) =>
        request.IsPrefillOnly ? KvTransferReply.Write(stream.Holder!.Address, request.EngineRequestId) : "";
}
