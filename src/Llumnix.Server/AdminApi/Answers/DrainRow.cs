namespace Llumnix.Server.AdminApi.Answers;

/// <summary>One draining instance.</summary>
/// <param name="Scope">What was drained: <c>instance</c>, <c>node</c>, <c>unit</c> or <c>label</c>.</param>
/// <param name="Value">Its name.</param>
/// <param name="InstanceId">The instance.</param>
/// <param name="Requests">Requests that it still has.</param>
/// <param name="RequestsAtStart">Requests that it had when the drain began.</param>
/// <param name="IsSafeToDelete">Whether it can be deleted.</param>
/// <param name="WhyNotSafe">Why not; empty when it can.</param>
/// <param name="DrainedForMs">Time since the drain began, in milliseconds.</param>
/// <param name="EstimatedMsToEmpty">Estimated time until it is empty, in milliseconds; null when there is no estimate.</param>
public sealed record DrainRow(
    string Scope,
    string Value,
    string InstanceId,
    long Requests,
    long RequestsAtStart,
    bool IsSafeToDelete,
    string WhyNotSafe,
    double DrainedForMs,
    double? EstimatedMsToEmpty);
