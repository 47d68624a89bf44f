using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Llumnix.Adapters.Listeners;

/// <summary>
/// The unit of per-address limits: an IPv4 address, or the /64 network of an IPv6 address, all of which may belong to a single host.
/// </summary>
/// <param name="Value">Its bits.</param>
public readonly record struct AddressKey(UInt128 Value)
{
    /// <summary>The key of an end point; all end points without an IP address share one.</summary>
    public static AddressKey Of(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: IPAddress address })
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        if (!isIPv4)
        {
            bytes[8..].Clear();
        }

        return new AddressKey(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}
