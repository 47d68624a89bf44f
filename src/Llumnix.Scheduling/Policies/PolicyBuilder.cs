using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Policies;

/// <summary>Builds a scheduling policy that is not among the built-in ones. Immutable.</summary>
/// <typeparam name="TInstance">The kind of instance that the policy schedules.</typeparam>
public abstract class PolicyBuilder<TInstance>
    where TInstance : Instance
{
    /// <summary>The policy's name in configuration, without spaces and commas.</summary>
    public abstract string Name { get; }

    /// <summary>Builds the policy. Each call makes a policy with its own state.</summary>
    /// <param name="metrics">The built-in metrics and the added ones.</param>
    /// <param name="options">What is configured for policies.</param>
    /// <exception cref="ArgumentException">The options do not suit the policy, or name an unknown metric; the scheduler does not start.</exception>
    public abstract SchedulingPolicy<TInstance> Build(MetricCatalogue<TInstance> metrics, PolicyOptions options);
}
