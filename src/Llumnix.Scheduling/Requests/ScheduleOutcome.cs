namespace Llumnix.Scheduling.Requests;

/// <summary>What became of a request for a placement.</summary>
public enum ScheduleOutcome : byte
{
    /// <summary>It is placed.</summary>
    Placed,

    /// <summary>No instance of the needed kind is registered at all.</summary>
    EndpointNotFound,

    /// <summary>There are instances of the needed kind, but none may take the request.</summary>
    NoAvailableEndpoint,

    /// <summary>The store of the cluster's state does not answer and nothing fresh is known.</summary>
    StoreNotAvailable,

    /// <summary>No instance can serve the request in time now, and it is deferred: ask again in a second or so.</summary>
    Deferred,

    /// <summary>The prompt is longer than the whole KV cache of every registered instance of the needed kind: it will never be placed.</summary>
    PromptTooLong,

    /// <summary>Every instance that may take the request is excluded by it: <see cref="PlacementRequest.ExcludedInstances"/>.</summary>
    AllExcluded,
}
