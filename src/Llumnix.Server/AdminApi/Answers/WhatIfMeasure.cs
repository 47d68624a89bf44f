namespace Llumnix.Server.AdminApi.Answers;

/// <summary>One measure of a comparison.</summary>
/// <param name="Name">Its name, such as <c>ttft_p99_ms</c>.</param>
/// <param name="IsHigherBetter">Whether more is better.</param>
/// <param name="Present">With the present options.</param>
/// <param name="Changed">With the changed ones.</param>
/// <param name="Difference">The second less the first, at the same seeds.</param>
public sealed record WhatIfMeasure(string Name, bool IsHigherBetter, WhatIfEstimate Present, WhatIfEstimate Changed, WhatIfEstimate Difference);
