using System.Collections.Concurrent;
using Llumnix.Adapters.Cms;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Fleet;
using Llumnix.Testing.Polling;

namespace Llumnix.Adapters.Tests.Cms;

/// <summary>What is written into the CMS of what a source says.</summary>
public sealed class CmsRelayTests
{
    /// <summary>What waits to be written is replaced by what is newer; the instances that the newer one leaves out must not be lost with it.</summary>
    [Fact]
    public async Task Update_BeforeTheFirstWrite_WritesAll()
    {
        var publisher = new Publisher();
        var relay = new CmsRelay(publisher, static metadata => metadata, TimeSpan.FromSeconds(10), TimeProvider.System);
        InstanceReading a = Known("a", 1);
        relay.Synchronize([a, Known("b", 2)]);
        relay.Update([a with { Status = Known("a", 3).Status }]);

        using var stop = new CancellationTokenSource();
        Task running = relay.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => publisher.Waiting.Count == 2);
        Assert.Equal((3, 2), (publisher.Waiting["a"], publisher.Waiting["b"]));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static InstanceReading Known(string id, int waiting)
    {
        InstanceReading reading = Readings.Of(id);
        return reading with { Status = reading.Status with { WaitingRequestCount = waiting, Reading = new EngineReading { AskedAt = 0, CoversUntil = 0 } } };
    }

    private sealed class Publisher : IStatusPublisher
    {
        public ConcurrentDictionary<string, int> Waiting { get; } = new();

        public Task<bool> TryPublishAsync(InstanceMetadata metadata, CancellationToken cancellationToken) => Task.FromResult(true);

        public Task<bool> TryPublishAsync(InstanceStatus status, CancellationToken cancellationToken)
        {
            Waiting[status.InstanceId] = status.WaitingRequestCount;
            return Task.FromResult(true);
        }

        public Task<bool> TryRemoveAsync(string instanceId, CancellationToken cancellationToken) => Task.FromResult(true);
    }
}
