namespace Llumnix.Scheduling.RequestStates;

/// <summary>The identity of a request: the same request id of two gateways means two requests.</summary>
internal readonly record struct GatewayRequest(string GatewayId, string RequestId)
{
    /// <summary>The same identity in spans, for lookups without strings.</summary>
    internal readonly ref struct Texts(ReadOnlySpan<char> gatewayId, ReadOnlySpan<char> requestId)
    {
        internal ReadOnlySpan<char> GatewayId { get; } = gatewayId;

        internal ReadOnlySpan<char> RequestId { get; } = requestId;
    }

    /// <summary>Ordinal comparison of strings and spans.</summary>
    internal sealed class Comparer : IEqualityComparer<GatewayRequest>, IAlternateEqualityComparer<Texts, GatewayRequest>
    {
        public bool Equals(GatewayRequest x, GatewayRequest y) => x == y;

        public int GetHashCode(GatewayRequest request) => GetHashCode(new Texts(request.GatewayId, request.RequestId));

        public bool Equals(Texts alternate, GatewayRequest other) =>
            alternate.RequestId.SequenceEqual(other.RequestId) && alternate.GatewayId.SequenceEqual(other.GatewayId);

        public int GetHashCode(Texts alternate) =>
            HashCode.Combine(string.GetHashCode(alternate.GatewayId), string.GetHashCode(alternate.RequestId));

        public GatewayRequest Create(Texts alternate) => new(alternate.GatewayId.ToString(), alternate.RequestId.ToString());
    }
}
