using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Serve;

/// <summary>The engines that an option of <c>llumnix serve</c> names.</summary>
internal static class EngineUrls
{
    /// <summary>Reads a list of URLs with commas between, each with what is known of the engine before it.</summary>
    /// <param name="text">
    /// Such as <c>http://a:8000,name=second,model=m@http://b:8000</c>; a path of <c>/v1</c>, which clients often have in theirs, means nothing.
    /// </param>
    /// <param name="engines">The engines, each once.</param>
    /// <returns>False when an item names no engine, or one that an earlier item names.</returns>
    public static bool TryRead(string text, out IReadOnlyList<ListedEngine> engines) => EngineList.Read(text, ReadAddress, out engines) is null;

    /// <summary>Says which item of a list is wrong; null when none is.</summary>
    public static string? Explain(string text) => EngineList.Read(text, ReadAddress, out _) is { } problem
        ? problem + (text.Contains("https://", StringComparison.OrdinalIgnoreCase) ? "; https is not supported for engines" : "")
        : null;

    /// <summary>Writes engines as a text that reads back to them.</summary>
    public static string Write(IReadOnlyList<ListedEngine> engines) => EngineList.Write(
        engines, static engine => "http://" + ListTypes.WriteEndpoint(engine));

    private static DnsEndPoint? ReadAddress(string text)
    {
        bool isUrl = Uri.TryCreate(HttpAddress.WithScheme(text), UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttp && url.Port > 0
            && url.AbsolutePath is "/" or "/v1" or "/v1/" && url.Query.Length == 0 && url.UserInfo.Length == 0;
        return isUrl ? new DnsEndPoint(url!.DnsSafeHost, url.Port) : null;
    }
}
