using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Microsoft.Extensions.DependencyInjection;

namespace Llumnix.Adapters.Embedding;

/// <summary>Adds metrics and policies of one's own to an embedded scheduler, by the names that its options then may use. Not thread-safe.</summary>
public sealed class EmbeddedSchedulerBuilder
{
    private readonly ExtensionSet<FullModeInstance> _extensions;

    internal EmbeddedSchedulerBuilder(IServiceCollection services, ExtensionSet<FullModeInstance> extensions)
    {
        Services = services;
        _extensions = extensions;
    }

    /// <summary>The services that the scheduler is one of.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Adds a metric.</summary>
    /// <exception cref="ArgumentException">Its name is taken, or cannot be given in a configuration.</exception>
    public EmbeddedSchedulerBuilder AddMetric<TMetric>()
        where TMetric : InstanceMetric<FullModeInstance>, new()
    {
        _extensions.AddMetric<TMetric>();
        return this;
    }

    /// <summary>Adds a policy.</summary>
    /// <exception cref="ArgumentException">Its name is taken, or cannot be given in a configuration.</exception>
    public EmbeddedSchedulerBuilder AddPolicy<TPolicy>()
        where TPolicy : PolicyBuilder<FullModeInstance>, new()
    {
        _extensions.AddPolicy<TPolicy>();
        return this;
    }
}
