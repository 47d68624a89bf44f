using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>States by gateway and request; each has one per role at most, so that no id that many gateways use makes anybody search.</summary>
internal sealed class GatewayRequestIndex : KeyedLists<GatewayRequest>
{
    private readonly Dictionary<GatewayRequest, IndexList>.AlternateLookup<GatewayRequest.Texts> _listsByTexts;

    internal GatewayRequestIndex()
        : base(new GatewayRequest.Comparer()) => _listsByTexts = Lists.GetAlternateLookup<GatewayRequest.Texts>();

    /// <summary>The request's first state; 0 when it has none.</summary>
    internal int First(ReadOnlySpan<char> gatewayId, ReadOnlySpan<char> requestId) =>
        _listsByTexts.TryGetValue(new GatewayRequest.Texts(gatewayId, requestId), out IndexList list) ? list.First : 0;
}
