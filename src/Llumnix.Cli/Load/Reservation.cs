using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Protocol.Http;

namespace Llumnix.Cli.Load;

/// <summary>An instance that the scheduler has placed a request on. Disposal releases it, once.</summary>
internal sealed class Reservation(SchedulerClient scheduler, ScheduleRequestBody message, Instance instance, IDisposable? report) : IAsyncDisposable
{
    private bool _isReleased;

    /// <summary>The instance's address.</summary>
    public Endpoint Endpoint => instance.Endpoint!;

    /// <summary>The instance's address for KV transfers; not usable when the scheduler has not sent it.</summary>
    public Endpoint KvTransferEndpoint => new(instance.AuxIp ?? "", instance.AuxPort);

    /// <summary>Its role, as on the wire.</summary>
    public string InferType => instance.InferType;

    public async ValueTask DisposeAsync()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            report?.Dispose();
            await scheduler.ReleaseAsync(message, [instance]);
        }
    }
}
