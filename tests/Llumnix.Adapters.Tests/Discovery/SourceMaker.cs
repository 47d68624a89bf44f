using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>Makes a source for a run.</summary>
internal delegate TSource SourceMaker<TSource>(
    IDiscoverySink sink, TimeProvider clock, ILogger<TSource> logger, IDiscoveryObserver observer);
