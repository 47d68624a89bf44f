using Llumnix.Adapters.Cms;
using System.Threading.Channels;
using Llumnix.EngineEmulator.Cms;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Tests.Cms;

internal sealed class RecordingPublisher : IStatusPublisher
{
    public Channel<InstanceMetadata> Metadata { get; } = Channel.CreateUnbounded<InstanceMetadata>();

    public Channel<InstanceStatus> Statuses { get; } = Channel.CreateUnbounded<InstanceStatus>();

    public bool Fails { get; set; }

    public Task<bool> TryPublishAsync(InstanceMetadata metadata, CancellationToken cancellationToken) =>
        Task.FromResult(Metadata.Writer.TryWrite(metadata) && !Fails);

    public Task<bool> TryPublishAsync(InstanceStatus status, CancellationToken cancellationToken) =>
        Task.FromResult(Statuses.Writer.TryWrite(status) && !Fails);

    public Task<bool> TryRemoveAsync(string instanceId, CancellationToken cancellationToken) => Task.FromResult(!Fails);
}
