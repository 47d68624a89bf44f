using System.Net;

namespace Llumnix.Attacks.Harness;

/// <summary>Who comes from where: addresses of loopback, so that bounds per address treat the attacker and the others apart.</summary>
internal static class Addresses
{
    /// <summary>The good clients.</summary>
    internal static IPAddress Clients { get; } = IPAddress.Parse("127.0.0.2");

    /// <summary>The attacker.</summary>
    internal static IPAddress Attacker { get; } = IPAddress.Parse("127.0.0.3");

    /// <summary>A real gateway that wants to keep a connection alive.</summary>
    internal static IPAddress Gateway { get; } = IPAddress.Parse("127.0.0.4");
}
