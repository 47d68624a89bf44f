namespace Llumnix.Server.AdminApi.Answers;

/// <summary>A what-if that is played or has been.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="Progress">The share that is done, 0 to 1.</param>
/// <param name="StartedMs">When it began, Unix time in milliseconds.</param>
/// <param name="Overrides">The options that are different, by flag.</param>
/// <param name="Error">Why it has failed; empty when it has not.</param>
/// <param name="Result">What has come of it; null unless it is done.</param>
public sealed record WhatIfRun(
    long Number, string State, double Progress, long StartedMs, IReadOnlyDictionary<string, string> Overrides, string Error, WhatIfResult? Result)
{
    internal const string Running = "running";
    internal const string Done = "done";
    internal const string Failed = "failed";
    internal const string Cancelled = "cancelled";
}
