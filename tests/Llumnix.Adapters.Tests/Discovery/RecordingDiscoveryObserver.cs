using System.Collections.Concurrent;
using Llumnix.Adapters.Discovery;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>Remembers what a source has told.</summary>
internal sealed class RecordingDiscoveryObserver : IDiscoveryObserver
{
    public ConcurrentQueue<DiscoverySkipReason> Skipped { get; } = [];

    public void EntrySkipped(DiscoverySkipReason reason) => Skipped.Enqueue(reason);
}
