using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.AdaptivePd.BinPacking;

/// <summary>An instance with the values that bin packing uses.</summary>
/// <param name="Instance">The instance.</param>
/// <param name="StepMs">The decode part of its steps, in milliseconds.</param>
/// <param name="IsDecoding">Whether it has decodes.</param>
internal sealed record Stepping(FullModeInstance Instance, double StepMs, bool IsDecoding);
