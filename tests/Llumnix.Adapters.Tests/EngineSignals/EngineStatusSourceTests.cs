using Llumnix.Adapters.EngineSignals;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Instances;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Adapters.Tests.EngineSignals;

/// <summary>What discovery says becomes the metadata of full mode.</summary>
public sealed class EngineStatusSourceTests
{
    [Fact]
    public async Task Synchronize_NodeIsKnown_IsInTheMetadata()
    {
        var sink = new RecordingSink();
        await using var source = new EngineStatusSource(new EngineStatusOptions(), sink, TimeProvider.System, NullLoggerFactory.Instance);

        source.Synchronize([new DiscoveredInstance { Id = "a", InferType = InferType.Decode, Host = "127.0.0.1", Port = 1, NodeId = "node-1" }]);

        InstanceMetadata metadata = Assert.Single(sink.Readings).Value.Metadata;
        Assert.Equal(("a", "node-1", InferType.Decode), (metadata.InstanceId, metadata.NodeId, metadata.InferType));
    }
}
