namespace Llumnix.Cli.Drain;

/// <summary>One instance of a <see cref="ReportedDrain"/>.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="SafeToDelete">Whether it can be deleted.</param>
/// <param name="WhyNotSafe">Why not; null when it can.</param>
/// <param name="EstimatedMsToEmpty">Estimated time until it has no request; null when it is not known.</param>
/// <param name="RequestsAtStart">The largest number of requests that it had since its drain began.</param>
/// <param name="Requests">What is left of them.</param>
internal sealed record ReportedInstance(
    string InstanceId, bool SafeToDelete, string? WhyNotSafe, double? EstimatedMsToEmpty, long RequestsAtStart, long Requests);
