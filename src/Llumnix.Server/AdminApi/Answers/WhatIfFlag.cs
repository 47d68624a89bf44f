namespace Llumnix.Server.AdminApi.Answers;

/// <summary>An option that may be different in a what-if.</summary>
/// <param name="Flag">The flag without dashes.</param>
/// <param name="Group">The group that the reference lists it in.</param>
/// <param name="Kind">The kind of value, such as <c>integer</c> or <c>a|b</c>.</param>
/// <param name="Value">Its present value.</param>
/// <param name="Values">Values that are known by name; empty where any of its kind is possible.</param>
/// <param name="Description">What it is for.</param>
public sealed record WhatIfFlag(string Flag, string Group, string Kind, string Value, IReadOnlyList<string> Values, string Description);
