namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The unit of a migration's size.</summary>
public enum RequestSelectRule
{
    /// <summary><c>NUM_REQ</c>: a number of requests.</summary>
    Requests,

    /// <summary><c>TOKEN</c>: a number of tokens.</summary>
    Tokens,

    /// <summary><c>RATIO</c>: a share of the KV cache.</summary>
    CacheRatio,
}
