using System.Threading.Channels;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>One completion from the engine's queue to the last byte of its response.</summary>
internal sealed class CompletionCall(HttpContext context, HostedEngine engine, EngineRegistry registry, CompletionRequest request, EngineHostOptions options)
{
    private bool _pulled;

    public async Task RunAsync()
    {
        using var stream = new TokenStream(request.EngineRequestId, options.MaxUnsentTokens);
        using var timeout = new CancellationTokenSource(options.RequestTimeout, options.TimeProvider);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stream.Broken, timeout.Token);
        EngineRequest engineRequest = ToEngineRequest(stream);
        try
        {
            AdmissionResult? admission = engine.Runner.Add(engineRequest);
            await (admission == AdmissionResult.Accepted ? RespondAsync(stream, ending.Token) : RefuseAsync(admission));
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            engine.Runner.Disconnect(stream);
            ReleasePulledKv();
        }
    }

    private EngineRequest ToEngineRequest(TokenStream stream)
    {
        engine.KvMaster?.Learn(request.Prompt, engine.Runner.Configuration.PrefixBlockSize);
        bool isLocal = RemotePrefill is { } remote && remote.RemoteEngineId == engine.InstanceId;
        return new EngineRequest
        {
            Id = request.EngineRequestId,
            PromptTokens = request.Prompt.Tokens,
            OutputTokens = request.MaxTokens,
            ContentIds = request.Prompt.ContentIds,
            Role = request.IsPrefillOnly ? InferType.Prefill : RemotePrefill is not null && !IsKvLost() ? InferType.Decode : InferType.Neutral,
            LocalPrefillId = isLocal ? RemotePrefill!.RemoteRequestId : null,
            Context = stream,
        };
    }

    private KvTransferParameters? RemotePrefill => request.KvTransfer is { DoRemotePrefill: true } parameters ? parameters : null;

    private HostedEngine? PrefillEngine => RemotePrefill is { } remote ? registry.ById(remote.RemoteEngineId) : null;

    // Of an engine in another process nobody knows: its KV is taken to be there.
    private bool IsKvLost() => PrefillEngine is { } prefill && (prefill.HasEnded || !prefill.Runner.IsHeld(RemotePrefill!.RemoteRequestId));

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

    /// <returns>Whether it is a token.</returns>
    private bool Observe(StepEvent stepEvent)
    {
        if (stepEvent.Kind == StepEventKind.Loaded)
        {
            ReleasePulledKv();
        }

        return stepEvent.Kind is StepEventKind.Token or StepEventKind.Finished;
    }

    private void ReleasePulledKv()
    {
        if (!_pulled && PrefillEngine is { } prefill)
        {
            _pulled = true;
            prefill.Runner.ReleaseHeld(RemotePrefill!.RemoteRequestId);
        }
    }

    // It may have been prefilled elsewhere than where it came in.
    private string KvTransferJson(TokenStream stream) =>
        request.IsPrefillOnly ? KvTransferReply.Write(stream.Holder!.Address, request.EngineRequestId) : "";

    private Task RefuseAsync(AdmissionResult? admission) => admission switch
    {
        null => AbortAsync(),
        AdmissionResult.QueueFull => ErrorResponse.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "too many requests wait"),
        AdmissionResult.DuplicateId => ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "a request with this x-request-id is running"),
        _ => ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "prompt and max_tokens exceed the KV capacity"),
    };

    private Task AbortAsync()
    {
        context.Abort();
        return Task.CompletedTask;
    }
}
