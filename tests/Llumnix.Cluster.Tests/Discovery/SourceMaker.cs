using Llumnix.Cluster.Discovery;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Tests.Discovery;

/// <summary>Makes a source for a run.</summary>
internal delegate TSource SourceMaker<TSource>(
    IDiscoverySink sink, TimeProvider clock, ILogger<TSource> logger, IDiscoveryObserver observer);
