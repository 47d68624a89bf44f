namespace Llumnix.Scheduling.Rescheduling;

/// <summary>The unit in which the size of a migration is given.</summary>
public enum RequestSelectRule
{
    /// <summary><c>NUM_REQ</c>: a number of requests.</summary>
    Requests,

    /// <summary><c>TOKEN</c>: a number of tokens.</summary>
    Tokens,

    /// <summary><c>RATIO</c>: a share of the KV cache.</summary>
    CacheRatio,
}
