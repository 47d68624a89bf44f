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

    /// <summary>Says which item of a list is wrong, and what is wrong with it; null when none is.</summary>
    public static string? Explain(string text) => EngineList.Read(text, ReadAddress, out _);

    /// <summary>Writes engines as a text that reads back to them.</summary>
    public static string Write(IReadOnlyList<ListedEngine> engines) => EngineList.Write(
        engines, static engine => "http://" + ListTypes.WriteEndpoint(engine));

    private static string? ReadAddress(string text, out DnsEndPoint? address)
    {
        bool isUrl = Uri.TryCreate(HttpAddress.WithScheme(text), UriKind.Absolute, out Uri? url);
        string? problem = !text.Contains("://", StringComparison.Ordinal) && !HttpAddress.HasPort(text) ? "has no port; expected is host:port or http://host:port"
            : !isUrl || url!.Port <= 0 ? HttpAddress.ExplainNone(text)
            : url.Scheme == Uri.UriSchemeHttps ? "is https, which is refused: engines are called by http://"
            : url.Scheme != Uri.UriSchemeHttp ? "has another scheme than http://"
            : url.UserInfo.Length > 0 ? "has a user or a password; engines' keys are given by --engine-api-key-file"
            : url.AbsolutePath is not ("/" or "/v1" or "/v1/") ? "has a path; none but /v1 may follow the port"
            : url.Query.Length > 0 ? "has a query"
            : null;
        address = problem is null ? new DnsEndPoint(url!.DnsSafeHost, url.Port) : null;
        return problem;
    }
}
