using System.Net;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Server.Http;

/// <summary>Slots for keep-alive connections: bounded in total, per address and per gateway id, so that no client can take all of them.</summary>
/// <param name="total">Largest number of connections.</param>
/// <param name="perAddress">Largest number of connections per address, which several gateways may share.</param>
/// <param name="perGateway">Largest number of connections per id: a gateway has one, and for a moment the broken one before it.</param>
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

        /// <summary>Assigns the slot to a gateway id; false when that gateway has too many.</summary>
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
