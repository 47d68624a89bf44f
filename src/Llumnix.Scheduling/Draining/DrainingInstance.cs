using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Draining;

/// <summary>How far the drain of one instance is.</summary>
/// <param name="Address">The instance.</param>
/// <param name="InferType">What it is deployed to do.</param>
/// <param name="Work">What it still has to do.</param>
/// <param name="DrainedFor">Time since its drain began.</param>
/// <param name="AtStart">The largest number of requests that it had since then.</param>
/// <param name="EmptyIn">Estimated time until it has no request; zero when it has none; null while too few have left to tell.</param>
/// <param name="WhyNotSafe">Why it must not be deleted yet; null when it may.</param>
public sealed record DrainingInstance(
    InstanceAddress Address, InferType InferType, DrainWork Work, TimeSpan DrainedFor, long AtStart, TimeSpan? EmptyIn, string? WhyNotSafe)
{
    /// <summary>Its unique id.</summary>
    public string Id => Address.InstanceId;

    /// <summary>Whether it can be deleted without harm to any request.</summary>
    public bool IsSafeToDelete => WhyNotSafe is null;
}
