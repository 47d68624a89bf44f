using System.Text.Json;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Load;

/// <summary>
/// vllm-kvt with pd_batch: both instances are requested at once, and only the decode instance gets the request, with the address of the prefill
/// instance, which it asks to compute the prompt. The prefill instance is released with the first token.
/// </summary>
internal sealed class KvtBatchExchange(LoadPlacer scheduler, EngineClient engine) : IExchange
{
    public async Task<FailureKind?> RunAsync(LoadRequest request, CancellationToken cancellation)
    {
        ScheduleAnswer answer = await scheduler.ScheduleAsync(request, stage: null, cancellation);
        if (answer.Failure is not null)
        {
            return answer.Failure;
        }

        await using Reservation? prefill = answer.Find(InferType.Prefill);
        await using Reservation? decode = answer.Find(InferType.Decode);
        if (prefill is null || decode is null || !prefill.KvTransferEndpoint.IsUsable())
        {
            return FailureKind.SchedulerNotReady;
        }

        JsonElement parameters = JsonSerializer.SerializeToElement(
            new KvTransferAddress(prefill.KvTransferEndpoint.Host, prefill.KvTransferEndpoint.Port), LoadJsonContext.Default.KvTransferAddress);
        Task releasing = Task.CompletedTask;
        FailureKind? failure = await engine.StreamAsync(
            decode.Endpoint, request, parameters, cancellation, onFirstToken: () => releasing = prefill.DisposeAsync().AsTask());
        await releasing;
        return failure;
    }
}
