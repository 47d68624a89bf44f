using Llumnix.Protocol.Http;

namespace Llumnix.Cli.Load;

/// <summary>An instance that the scheduler has given to a request. Disposing releases it, once.</summary>
internal sealed class Reservation(SchedulerClient scheduler, ScheduleRequestBody message, Instance instance, LiveReport? report) : IAsyncDisposable
{
    private bool _isReleased;

    /// <summary>Where the instance is.</summary>
    public Endpoint Endpoint => instance.Endpoint!;

    /// <summary>Where other engines reach it for KV transfers; not usable when the scheduler has not said.</summary>
    public Endpoint KvTransferEndpoint => new(instance.AuxIp ?? "", instance.AuxPort);

    /// <summary>Its role, as the scheduler names it.</summary>
    public string InferType => instance.InferType;

    public async ValueTask DisposeAsync()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            report?.Dispose();
            await scheduler.ReleaseAsync(message with { SchedulingResult = [instance] });
        }
    }
}
