namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>/admin/what-if</c>.</summary>
/// <param name="WhyNot">Why nothing can be played here; empty when it can.</param>
/// <param name="MayRun">Whether the caller may begin and end a what-if.</param>
/// <param name="Bounds">What may be asked at most.</param>
/// <param name="Flags">The options that may be different.</param>
/// <param name="Run">The last what-if, or the one that is played; null before the first one.</param>
public sealed record WhatIfAnswer(string WhyNot, bool MayRun, WhatIfBounds Bounds, IReadOnlyList<WhatIfFlag> Flags, WhatIfRun? Run);
