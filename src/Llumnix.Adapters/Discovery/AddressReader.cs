using System.Net;

namespace Llumnix.Adapters.Discovery;

/// <summary>Reads an engine's address.</summary>
/// <param name="text">The text.</param>
/// <param name="address">The address; null where something is wrong.</param>
/// <returns>What is wrong, as it follows the text in messages; null when nothing is.</returns>
public delegate string? AddressReader(string text, out DnsEndPoint? address);
