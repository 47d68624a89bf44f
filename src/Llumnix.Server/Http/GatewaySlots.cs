using System.Net;
using Llumnix.Server.Connections;

namespace Llumnix.Server.Http;

/// <summary>Room for keep-alive connections: bounded in all, by address and by gateway id, so that nobody can take it all.</summary>
/// <param name="total">Most connections.</param>
/// <param name="perAddress">Most connections of one address. Gateways may share one.</param>
/// <param name="perGateway">Most connections under one id: a gateway has one, and for a moment the one that broke.</param>
internal sealed class GatewaySlots(int total = 2048, int perAddress = 512, int perGateway = 8)
{
    private readonly Lock _gate = new();
    private readonly BoundedCounts<AddressKey> _addresses = new(total, perAddress);
    private readonly BoundedCounts<string> _gateways = new(total, perGateway);

    /// <summary>Takes a slot for a connection; null when there is none.</summary>
    internal Slot? TryEnter(IPAddress? address, int port)
    {
        AddressKey key = AddressKey.Of(address is null ? null : new IPEndPoint(address, port));
        lock (_gate)
        {
            return _addresses.TryAdd(key) ? new Slot(this, key) : null;
        }
    }

    /// <summary>A connection's slot, until it is disposed.</summary>
    internal sealed class Slot(GatewaySlots slots, AddressKey address) : IDisposable
    {
        private string? _gateway;

        /// <summary>Says whose it is; false when that gateway has too many.</summary>
        internal bool TryName(string gatewayId)
        {
            lock (slots._gate)
            {
                _gateway = slots._gateways.TryAdd(gatewayId) ? gatewayId : null;
                return _gateway is not null;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (slots._gate)
            {
                slots._addresses.Remove(address);
                if (_gateway is not null)
                {
                    slots._gateways.Remove(_gateway);
                }
            }
        }
    }
}
