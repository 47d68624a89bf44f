using System.Net;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>The address at which an engine's KV is available.</summary>
/// <param name="InstanceId">The CMS instance id.</param>
/// <param name="Host">Its address for KV transfers: a name or an IP address.</param>
/// <param name="Port">Its port for KV transfers.</param>
internal sealed record EngineAddress(string InstanceId, string Host, int Port)
{
    /// <summary>Whether the address is complete and valid.</summary>
    public bool IsUsable => Uri.CheckHostName(Host) != UriHostNameType.Unknown && Port is > 0 and <= IPEndPoint.MaxPort;

    /// <summary>The URI of a path at the address, which must be usable.</summary>
    public Uri UriOf(string path, string query = "") => new UriBuilder(Uri.UriSchemeHttp, Host, Port, path, query).Uri;
}
