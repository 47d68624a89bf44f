using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Llumnix.Cli.Serve;

/// <summary>The engines that an option names.</summary>
internal static class EngineUrls
{
    /// <summary>Reads a list of URLs with commas between.</summary>
    /// <param name="option">The option's name, for what is wrong.</param>
    /// <param name="text">Such as <c>http://a:8000,http://b:8000</c>; a path of <c>/v1</c>, which clients often have in theirs, means nothing.</param>
    /// <param name="engines">The engines, each once; null when there is a problem.</param>
    /// <param name="problem">What is wrong; null when nothing is.</param>
    public static bool TryRead(
        string option, string text, [NotNullWhen(true)] out IReadOnlyList<DnsEndPoint>? engines, [NotNullWhen(false)] out string? problem)
    {
        engines = null;
        var read = new List<DnsEndPoint>();
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string written = item.Contains("://", StringComparison.Ordinal) ? item : "http://" + item;
            bool isUrl = Uri.TryCreate(written, UriKind.Absolute, out Uri? url) && url.Scheme == Uri.UriSchemeHttp && url.Port > 0
                && url.AbsolutePath is "/" or "/v1" or "/v1/" && url.Query.Length == 0 && url.UserInfo.Length == 0;
            if (!isUrl)
            {
                problem = $"{option} must be a comma-separated list of http://host:port, without user, path and query";
                return false;
            }

            read.Add(new DnsEndPoint(url!.DnsSafeHost, url.Port));
        }

        engines = read.Count > 0 ? read.Distinct().ToList() : null;
        problem = engines is null ? $"{option} must name at least one engine" : null;
        return engines is not null;
    }
}
