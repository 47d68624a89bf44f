using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Requests;

/// <summary>An instance that a gateway says it no longer uses for a request, known by its endpoint.</summary>
/// <param name="Host">Address of the API server.</param>
/// <param name="Port">Its port.</param>
/// <param name="Role">The role it was given; null when the gateway does not say.</param>
public readonly record struct ReleasedInstance(string Host, int Port, InferType? Role);
