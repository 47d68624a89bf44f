using System.Net;

namespace Llumnix.Adapters.Discovery;

/// <summary>Looks up the addresses of a name, IPv4 and IPv6. May be called for several names at once.</summary>
/// <param name="host">The name; an address is its own answer.</param>
/// <exception cref="System.Net.Sockets.SocketException">
/// The lookup failed; with <see cref="System.Net.Sockets.SocketError.HostNotFound"/> or <see cref="System.Net.Sockets.SocketError.NoData"/> it
/// was answered, and the name has no address.
/// </exception>
public delegate Task<IPAddress[]> DnsLookup(string host);
