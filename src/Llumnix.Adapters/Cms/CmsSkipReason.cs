namespace Llumnix.Adapters.Cms;

/// <summary>Why a value in the CMS was not used.</summary>
public enum CmsSkipReason
{
    /// <summary>It has no bytes.</summary>
    Empty,

    /// <summary>It is larger than the largest value that an instance can write.</summary>
    TooLarge,

    /// <summary>It is not the expected message, or a truncated one.</summary>
    Malformed,

    /// <summary>It names another instance than its key does.</summary>
    MismatchedInstanceId,

    /// <summary>The metadata's instance type is none of the known ones.</summary>
    UnknownInstanceType,

    /// <summary>The metadata has no ip.</summary>
    MissingIp,

    /// <summary>The metadata has no usable API server port.</summary>
    MissingPort,

    /// <summary>The status lists more request ids than any instance has.</summary>
    TooManyRequestIds,

    /// <summary>There are more instances than the limit allows.</summary>
    TooManyInstances,
}
