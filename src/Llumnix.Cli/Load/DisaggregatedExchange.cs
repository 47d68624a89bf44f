using System.Text.Json;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Load;

/// <summary>
/// Prefill on one instance, decode on another. The prefill instance is released as soon as its part is done. The client's first token is the first
/// one of the decode instance, so that TTFT includes the transfer of the KV cache.
/// </summary>
/// <param name="scheduler">Scheduler.</param>
/// <param name="engine">Engines.</param>
/// <param name="isStaged">Whether the decode instance is requested after the prefill, instead of both at once.</param>
internal sealed class DisaggregatedExchange(LoadPlacer scheduler, EngineClient engine, bool isStaged) : IExchange
{
    public async Task<FailureKind?> RunAsync(LoadRequest request, CancellationToken cancellation)
    {
        ScheduleAnswer answer = await scheduler.ScheduleAsync(request, isStaged ? InferType.Prefill : null, cancellation);
        if (answer.Failure is not null)
        {
            return answer.Failure;
        }

        await using Reservation? prefill = answer.Find(InferType.Prefill);
        await using Reservation? decode = answer.Find(InferType.Decode);
        if (prefill is null || (decode is null && !isStaged))
        {
            return FailureKind.SchedulerNotReady;
        }

        if (await engine.PrefillAsync(prefill.Endpoint, request, cancellation) is not { } kvTransferParams)
        {
            return FailureKind.EngineError;
        }

        await prefill.DisposeAsync();
        return decode is null
            ? await StageDecodeAsync(request, kvTransferParams, cancellation)
            : await engine.StreamAsync(decode.Endpoint, request, kvTransferParams, cancellation);
    }

    private async Task<FailureKind?> StageDecodeAsync(LoadRequest request, JsonElement kvTransferParams, CancellationToken cancellation)
    {
        ScheduleAnswer answer = await scheduler.ScheduleAsync(request, InferType.Decode, cancellation);
        if (answer.Failure is not null)
        {
            return answer.Failure;
        }

        await using Reservation decode = answer.Reservations[0];
        return await engine.StreamAsync(decode.Endpoint, request, kvTransferParams, cancellation);
    }
}
