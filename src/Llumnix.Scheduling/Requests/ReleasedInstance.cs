using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Requests;

/// <summary>
/// An instance that a request no longer uses, as the gateway names it. Full mode identifies it by endpoint and rank, lite mode by id.
/// </summary>
/// <param name="Host">Address of the API server.</param>
/// <param name="Port">Its port.</param>
/// <param name="Role">The role that it was chosen for; null when the gateway does not give it.</param>
/// <param name="WireId">Its id from the answer; empty when the gateway does not give it.</param>
/// <param name="Version">Its generation from the answer; 0 when the gateway does not give it.</param>
/// <param name="DataParallelRank">Its data-parallel rank from the answer; null when the gateway does not give it.</param>
/// <param name="GatewayId">Id of the releasing gateway. Read in lite mode only, where a gateway can release only its own requests.</param>
public readonly record struct ReleasedInstance(
    string Host, int Port, InferType? Role, string WireId = "", long Version = 0, int? DataParallelRank = null, string GatewayId = "")
{
    /// <summary>
    /// Whether an instance of full mode is meant. Ranks may share an endpoint: they are told apart by the rank or, when the gateway does not give it, by the
    /// id from the answer, which contains the rank. The host must be normalized.
    /// </summary>
    internal bool Names(FullModeInstance instance) =>
        instance.Address.Port == Port
        && instance.Metadata.Host == Host
        && (DataParallelRank is { } rank
            ? rank == instance.Address.DataParallelRank
            : WireId.Length == 0 || WireId == instance.Address.WireId);
}
