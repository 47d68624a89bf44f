using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Requests;

/// <summary>An instance that a gateway says it no longer uses for a request: full mode knows it by its endpoint, lite mode by its id.</summary>
/// <param name="Host">Address of the API server.</param>
/// <param name="Port">Its port.</param>
/// <param name="Role">The role it was given; null when the gateway does not say.</param>
/// <param name="WireId">Its id as the answer told it.</param>
/// <param name="Version">Its generation as the answer told it; 0 when the gateway does not say.</param>
public readonly record struct ReleasedInstance(string Host, int Port, InferType? Role, string WireId = "", long Version = 0);
