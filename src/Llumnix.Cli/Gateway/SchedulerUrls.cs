using Llumnix.Adapters.Options.Parsing;
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
        (Uri? Url, string? Problem)[] read = [.. Entries(text).Select(Read)];
        urls = [.. read.Select(static entry => entry.Url).OfType<Uri>().Distinct()];
        return Array.TrueForAll(read, static entry => entry.Problem is null);
    }

    /// <summary>Says which entry cannot be used, and why; null when all can.</summary>
    internal static string? Explain(string text) =>
        Entries(text).Where(static entry => Read(entry).Problem is not null).Select(entry => $"{RefusedValue.QuotePart(entry, text)} {Read(entry).Problem}").FirstOrDefault();

    private static string[] Entries(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static (Uri? Url, string? Problem) Read(string entry)
    {
        bool isUrl = Uri.TryCreate(HttpAddress.WithScheme(entry), UriKind.Absolute, out Uri? url);
        string? problem = !entry.Contains("://", StringComparison.Ordinal) && !HttpAddress.HasPort(entry) ? "has no port"
            : !isUrl || url!.Port <= 0 ? HttpAddress.ExplainNone(entry)
            : url.Scheme is not ("http" or "https") ? "has another scheme than http:// or https://"
            : url.UserInfo.Length > 0 ? "has a user or a password; the schedulers' token is given by --service-token-file"
            : url is not { AbsolutePath: "/", Query.Length: 0, Fragment.Length: 0 } ? "has a path or a query"
            : null;
        return (problem is null ? url : null, problem);
    }
}
