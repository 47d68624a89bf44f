namespace Llumnix.Scheduling.Requests;

/// <summary>The outcome of a request for a placement.</summary>
public enum ScheduleOutcome : byte
{
    /// <summary>It is placed.</summary>
    Placed,

    /// <summary>No instance of the needed infer type (or model) is registered.</summary>
    EndpointNotFound,

    /// <summary>Instances of the needed infer type are registered, but none may take the request now.</summary>
    NoAvailableEndpoint,

    /// <summary>The state of the fleet is unknown: it has never been read, or no status is fresh.</summary>
    StoreNotAvailable,

    /// <summary>No instance can meet the request's target now, and the request is deferred: the gateway asks again in about a second.</summary>
    Deferred,

    /// <summary>The prompt is longer than the whole KV cache of every registered instance of the needed infer type: waiting does not help.</summary>
    PromptTooLong,

    /// <summary>Every instance that may take the request is excluded by it: <see cref="PlacementRequest.ExcludedInstances"/>.</summary>
    AllExcluded,
}
