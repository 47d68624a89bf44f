namespace Llumnix.Protocol.Http;

/// <summary>Where a server listens; also the first message of a gateway's keep-alive connection.</summary>
/// <param name="Host">Host name or address.</param>
/// <param name="Port">TCP port.</param>
public sealed record Endpoint(string Host, int Port);
