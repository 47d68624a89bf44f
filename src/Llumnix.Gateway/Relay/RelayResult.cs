namespace Llumnix.Gateway.Relay;

/// <summary>What became of an answer on its way to the client.</summary>
internal enum RelayResult
{
    /// <summary>The client has all of it.</summary>
    Complete,

    /// <summary>It broke off before the client had seen any of it.</summary>
    BrokenBefore,

    /// <summary>It broke off after the client had seen some of it.</summary>
    BrokenWithin,
}
