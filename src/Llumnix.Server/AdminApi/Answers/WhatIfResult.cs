namespace Llumnix.Server.AdminApi.Answers;

/// <summary>A comparison of the present scheduler and one with other options, on the same requests and the same modelled fleet.</summary>
/// <param name="Input">What was played.</param>
/// <param name="Measures">What came of both.</param>
/// <param name="ObservedTtftMs">What was observed of the same requests, to be compared with the present scheduler's simulated TTFT; null where nothing was.</param>
/// <param name="Verdict">The result in sentences.</param>
/// <param name="Notes">What readers must know of it, in sentences.</param>
public sealed record WhatIfResult(
    WhatIfInput Input, IReadOnlyList<WhatIfMeasure> Measures, Percentiles? ObservedTtftMs, IReadOnlyList<string> Verdict, IReadOnlyList<string> Notes);
