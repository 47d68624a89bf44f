namespace Llumnix.Scheduling.Policies;

/// <summary>One role's part of the load-balance configuration.</summary>
/// <param name="LoadMetric">Name of the metric to balance: <c>--dispatch-{role}-load-metric</c>.</param>
/// <param name="LoadThreshold">Instances below it are preferred: <c>--dispatch-{role}-load-threshold</c>.</param>
public sealed record RoleDispatch(string LoadMetric, double LoadThreshold);
