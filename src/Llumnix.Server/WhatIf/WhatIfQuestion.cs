using System.Text.Json;
using System.Text.Json.Serialization;

namespace Llumnix.Server.WhatIf;

/// <summary>The body of <c>POST /admin/what-if</c>.</summary>
/// <remarks>The generated reader of JSON keeps the defaults of members that can be set, and not of those that can only be initialized.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WhatIfQuestion
{
    /// <summary>Options that would be different, by their flags without dashes: texts, numbers or booleans.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Overrides { get; init; }

    /// <summary>The time whose arrivals are played, in minutes.</summary>
    public double Minutes { get; set; } = 5;

    /// <summary>With how many seeds.</summary>
    public int Seeds { get; set; } = 3;

    /// <summary>The TTFT target by which both are judged, in milliseconds; null: the scheduler's.</summary>
    public double? TtftMs { get; init; }

    /// <summary>The TPOT target by which both are judged, in milliseconds; null: the scheduler's.</summary>
    public double? TpotMs { get; init; }

    /// <summary>What is wrong with it, apart from the values of options; null when nothing is.</summary>
    /// <param name="flags">The options that may be overridden.</param>
    internal string? FindError(IReadOnlyList<string> flags) =>
        Overrides is not { Count: > 0 } ? "overrides must name an option that would be different, such as {\"overrides\": {\"scheduling-policy\": \"round-robin\"}}"
        : Overrides.Keys.FirstOrDefault(flag => !flags.Contains(flag)) is { } unknown ? $"overrides: {Shown(unknown)} is none of {string.Join(", ", flags)}"
        : Overrides.FirstOrDefault(static pair => TextOf(pair.Value) is null) is { Key: { } unusable } ? $"overrides: {unusable} must be a text, a number or a boolean of at most {WhatIfLimits.MaxValueLength} characters"
        : !(Minutes > 0 && Minutes <= WhatIfLimits.MaxMinutes) ? FormattableString.Invariant($"minutes must be above 0 and at most {WhatIfLimits.MaxMinutes}")
        : Seeds is < 1 or > WhatIfLimits.MaxSeeds ? FormattableString.Invariant($"seeds must be from 1 to {WhatIfLimits.MaxSeeds}")
        : TtftMs is { } ttft && !IsTarget(ttft) ? "ttft_ms must be above 0, in milliseconds"
        : TpotMs is { } tpot && !IsTarget(tpot) ? "tpot_ms must be above 0, in milliseconds"
        : null;

    /// <summary>A value of an option as a flag would give it; null when it is of no use.</summary>
    internal static string? TextOf(JsonElement value)
    {
        string? text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => null,
        };
        return text?.Length <= WhatIfLimits.MaxValueLength ? text : null;
    }

    private static bool IsTarget(double ms) => double.IsFinite(ms) && ms > 0;

    private static string Shown(string flag) => flag.Length <= 64 ? $"'{flag}'" : "one of them";
}
