using System.Collections.Concurrent;
using Llumnix.Cluster.Discovery;

namespace Llumnix.Cluster.Tests.Discovery;

/// <summary>Remembers what a source has told.</summary>
internal sealed class RecordingDiscoveryObserver : IDiscoveryObserver
{
    public ConcurrentQueue<DiscoverySkipReason> Skipped { get; } = [];

    public void EntrySkipped(DiscoverySkipReason reason) => Skipped.Enqueue(reason);
}
