using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Options;

namespace Llumnix.Server.Extensions;

/// <summary>Builds the configured policy, which may be an extension's.</summary>
internal static class ExtensionPolicies
{
    /// <param name="policies">The policies of the mode.</param>
    /// <param name="extensions">Those of them that are added.</param>
    /// <param name="options">Options without errors.</param>
    /// <param name="share">The share of this replica, for the policy; null for none.</param>
    /// <exception cref="ExtensionException">The policy is an extension's, and its builder throws.</exception>
    public static SchedulingPolicy<TInstance> Build<TInstance>(
        PolicyCatalogue<TInstance> policies, ExtensionSet<TInstance> extensions, SchedulerOptions options, ReplicaShare? share = null)
        where TInstance : Instance
    {
        string name = options.Mode.Policy;
        try
        {
            return policies.Build(name, options.Policies with { Share = share });
        }
        catch (Exception exception) when (extensions.Policies.Any(policy => policy.Name == name))
        {
            throw new ExtensionException($"the policy {name} cannot be built: {ExtensionAssemblies.Describe(exception)}", exception);
        }
    }
}
