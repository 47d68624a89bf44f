namespace Llumnix.Scheduling.RequestStates;

/// <summary>Port: takes what gateways tell beside asking for placements. Safe for concurrent use; no call holds up decisions.</summary>
public interface IGatewaySink
{
    /// <summary>Takes over how far requests are. Rows of unknown instances change nothing. In lite mode a
    /// request that is not known becomes known by the report of its gateway, until a later report leaves it out.</summary>
    /// <returns>How many rows named a request state.</returns>
    int Report(RequestProgressBatch progress);

    /// <summary>A gateway has opened a keep-alive connection.</summary>
    /// <param name="gatewayId">The id that it claims.</param>
    /// <param name="isProven">Whether the connection itself shows that the id is its own. While one such is open, claims without proof mean nothing.</param>
    void OnGatewayConnected(string gatewayId, bool isProven = false);

    /// <summary>
    /// A keep-alive connection has ended; to be called once per <see cref="OnGatewayConnected"/>, with the same arguments. When it was the
    /// gateway's last one, everything is released that the gateway was given while it was connected.
    /// </summary>
    void OnGatewayLost(string gatewayId, bool isProven = false);
}
