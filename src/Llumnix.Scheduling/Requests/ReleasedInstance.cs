using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Requests;

/// <summary>An instance that a gateway says it no longer uses for a request: full mode knows it by its endpoint and rank, lite mode by its id.</summary>
/// <param name="Host">Address of the API server.</param>
/// <param name="Port">Its port.</param>
/// <param name="Role">The role it was given; null when the gateway does not say.</param>
/// <param name="WireId">Its id as the answer told it; empty when the gateway does not say.</param>
/// <param name="Version">Its generation as the answer told it; 0 when the gateway does not say.</param>
/// <param name="DataParallelRank">Its data-parallel rank as the answer told it; null when the gateway does not say.</param>
/// <param name="GatewayId">The gateway that says so. Only looked at in lite mode, where a gateway frees nothing but its own.</param>
public readonly record struct ReleasedInstance(
    string Host, int Port, InferType? Role, string WireId = "", long Version = 0, int? DataParallelRank = null, string GatewayId = "");
