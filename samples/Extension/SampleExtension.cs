using Llumnix.Scheduling.Extensions;

namespace Llumnix.Samples.Extension;

/// <summary>What this assembly adds to a scheduler.</summary>
public sealed class SampleExtension : ISchedulerExtension
{
    /// <inheritdoc/>
    public void Register(SchedulerExtensions extensions) => extensions.FullMode
        .AddMetric<RunningRequests>()
        .AddPolicy<LongPromptsApartPolicy>();
}
