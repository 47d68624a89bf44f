namespace Llumnix.Cli.Load;

/// <summary>Prefill and decode on one instance.</summary>
internal sealed class NeutralExchange(LoadPlacer scheduler, EngineClient engine) : IExchange
{
    public async Task<FailureKind?> RunAsync(LoadRequest request, CancellationToken cancellation)
    {
        ScheduleAnswer answer = await scheduler.ScheduleAsync(request, stage: null, cancellation);
        if (answer.Failure is not null)
        {
            return answer.Failure;
        }

        await using Reservation instance = answer.Reservations[0];
        return await engine.StreamAsync(instance.Endpoint, request, kvTransferParams: null, cancellation);
    }
}
