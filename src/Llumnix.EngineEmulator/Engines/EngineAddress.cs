using System.Net;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>Where an engine's KV is to be had.</summary>
/// <param name="InstanceId">The CMS instance id.</param>
/// <param name="Host">Its address for KV transfers: a name or an IP address.</param>
/// <param name="Port">Its port for KV transfers.</param>
internal sealed record EngineAddress(string InstanceId, string Host, int Port)
{
    /// <summary>Whether something can be sent there.</summary>
    public bool IsUsable => Uri.CheckHostName(Host) != UriHostNameType.Unknown && Port is > 0 and <= IPEndPoint.MaxPort;

    /// <summary>The address of a path there, if it is usable.</summary>
    public Uri UriOf(string path, string query = "") => new UriBuilder(Uri.UriSchemeHttp, Host, Port, path, query).Uri;
}
