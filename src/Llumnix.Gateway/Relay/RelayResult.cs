namespace Llumnix.Gateway.Relay;

/// <summary>The outcome of relaying an answer to the client.</summary>
internal enum RelayResult
{
    /// <summary>The whole answer was relayed.</summary>
    Complete,

    /// <summary>It broke off before the client had seen any of it.</summary>
    BrokenBefore,

    /// <summary>It broke off after the client had seen some of it.</summary>
    BrokenWithin,
}
