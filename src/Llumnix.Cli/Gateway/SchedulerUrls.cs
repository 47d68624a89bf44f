using Llumnix.Cli.Options;

namespace Llumnix.Cli.Gateway;

/// <summary>Reads <c>--scheduler-endpoints</c>.</summary>
internal static class SchedulerUrls
{
    /// <summary>Reads a list with commas between: <c>host:port</c>, or a URL with <c>http</c> or <c>https</c>.</summary>
    /// <param name="text">The list; empty: none.</param>
    /// <param name="urls">The base addresses, each once.</param>
    /// <returns>False when one of them cannot be used.</returns>
    internal static bool TryRead(string text, out IReadOnlyList<Uri> urls)
    {
        var read = new List<Uri>();
        urls = read;
        foreach (string entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            bool isUrl = Uri.TryCreate(HttpAddress.WithScheme(entry), UriKind.Absolute, out Uri? url)
                && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
                && url is { Port: > 0, AbsolutePath: "/", Query.Length: 0, UserInfo.Length: 0, Fragment.Length: 0 };
            if (!isUrl)
            {
                return false;
            }

            read.Add(url!);
        }

        urls = [.. read.Distinct()];
        return true;
    }
}
