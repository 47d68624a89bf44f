using System.Threading.Channels;
using Llumnix.EngineEmulator.Disaggregation;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>One completion, from the engine's queue to the last byte of its response.</summary>
internal sealed class CompletionCall(HttpContext context, HostedEngine engine, RemoteKv kv, CompletionRequest request, EngineHostOptions options)
{
    public async Task RunAsync()
    {
        using var stream = new TokenStream(request.EngineRequestId, options.MaxUnsentTokens);
        using var timeout = new CancellationTokenSource(options.RequestTimeout, options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stream.Broken, timeout.Token);
        EngineRequest engineRequest = ToEngineRequest(stream);
        try
        {
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

        context.Response.ContentType = "application/json";
        writer.WriteWhole(context.Response.BodyWriter, request.MaxTokens);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    private async Task StreamAsync(ChannelReader<StepEvent> events, ResponseWriter writer, CancellationToken cancellationToken)
    {
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
