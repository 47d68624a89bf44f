namespace Llumnix.Adapters.Discovery;

/// <summary>Why an entry of discovery, or one instance in it, was not used.</summary>
public enum DiscoverySkipReason
{
    /// <summary>The value has no bytes.</summary>
    Empty,

    /// <summary>The value is no such message.</summary>
    Malformed,

    /// <summary>The value is larger than any entry may be.</summary>
    TooLarge,

    /// <summary>The pod that the value names is not the key's.</summary>
    MismatchedPodName,

    /// <summary>The instance type is none of neutral, prefill, decode.</summary>
    UnknownInstanceType,

    /// <summary>The entrypoint has no address.</summary>
    MissingHost,

    /// <summary>The entrypoint's port is not between 1 and 65535.</summary>
    MissingPort,

    /// <summary>The data-parallel rank is negative.</summary>
    InvalidRank,

    /// <summary>Another instance has the same id.</summary>
    DuplicateInstance,

    /// <summary>
    /// The writer has been silent for longer than its lifetime, or the entry was too old at the first read: a leftover of a dead pod.
    /// </summary>
    Expired,

    /// <summary>There are more instances than the limit allows.</summary>
    TooManyInstances,
}
