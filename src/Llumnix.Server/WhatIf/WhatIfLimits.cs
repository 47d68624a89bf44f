namespace Llumnix.Server.WhatIf;

/// <summary>Bounds of a what-if, so that it costs the scheduler beside it little.</summary>
internal static class WhatIfLimits
{
    /// <summary>Longest time whose arrivals are played, in minutes.</summary>
    internal const double MaxMinutes = 60;

    /// <summary>Largest number of seeds.</summary>
    internal const int MaxSeeds = 10;

    /// <summary>Largest number of requests; of more, the newest are played.</summary>
    internal const int MaxRequests = 20_000;

    /// <summary>Largest number of instances.</summary>
    internal const int MaxInstances = 1024;

    /// <summary>Longest value of an option, in characters.</summary>
    internal const int MaxValueLength = 256;

    /// <summary>How long it may take; what has been played until then counts.</summary>
    internal static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);
}
