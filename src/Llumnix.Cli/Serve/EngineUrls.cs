using System.Net;

namespace Llumnix.Cli.Serve;

/// <summary>The engines that an option names.</summary>
internal static class EngineUrls
{
    /// <summary>Reads a list of URLs with commas between.</summary>
    /// <param name="text">Such as <c>http://a:8000,http://b:8000</c>; a path of <c>/v1</c>, which clients often have in theirs, means nothing.</param>
    /// <param name="engines">The engines, each once.</param>
    /// <returns>False when an item is no URL of an engine.</returns>
    public static bool TryRead(string text, out IReadOnlyList<DnsEndPoint> engines)
    {
        var read = new List<DnsEndPoint>();
        engines = read;
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string written = item.Contains("://", StringComparison.Ordinal) ? item : "http://" + item;
            bool isUrl = Uri.TryCreate(written, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttp && url.Port > 0
                && url.AbsolutePath is "/" or "/v1" or "/v1/" && url.Query.Length == 0 && url.UserInfo.Length == 0;
            if (!isUrl)
            {
                return false;
            }

            read.Add(new DnsEndPoint(url!.DnsSafeHost, url.Port));
        }

        engines = [.. read.Distinct()];
        return true;
    }

    /// <summary>Writes engines as a text that reads back to them.</summary>
    public static string Write(IReadOnlyList<DnsEndPoint> engines) => string.Join(
        ',',
        engines.Select(static engine => new UriBuilder(Uri.UriSchemeHttp, engine.Host, engine.Port).Uri.GetLeftPart(UriPartial.Authority)));
}
