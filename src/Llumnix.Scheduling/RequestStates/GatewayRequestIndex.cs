using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// Finds states by gateway and request. Each request has at most one state per role, so that lists stay short even when many gateways use the same
/// id.
/// </summary>
internal sealed class GatewayRequestIndex : KeyedLists<GatewayRequest>
{
    private readonly Dictionary<GatewayRequest, IndexList>.AlternateLookup<GatewayRequest.Texts> _listsByTexts;

    internal GatewayRequestIndex()
        : base(new GatewayRequest.Comparer()) => _listsByTexts = Lists.GetAlternateLookup<GatewayRequest.Texts>();

    /// <summary>The request's first state; 0 when it has none.</summary>
    internal int First(ReadOnlySpan<char> gatewayId, ReadOnlySpan<char> requestId) =>
        _listsByTexts.TryGetValue(new GatewayRequest.Texts(gatewayId, requestId), out IndexList list) ? list.First : 0;
}
