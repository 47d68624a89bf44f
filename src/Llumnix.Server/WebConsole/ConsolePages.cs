using System.Collections.Frozen;
using System.Reflection;
using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;

namespace Llumnix.Server.WebConsole;

/// <summary>The console below <c>/console/</c>: a page and its files, embedded in this assembly, that show what the admin API says.</summary>
internal sealed class ConsolePages : IEndpoint
{
    private const string ResourcePrefix = "console/";
    private const string StartFile = "index.html";

    private readonly FrozenDictionary<string, IEndpoint> _pages = ReadFiles()
        .Select(static file => KeyValuePair.Create<string, IEndpoint>($"/console/{(file.Path == StartFile ? "" : file.Path)}", Get(new ConsoleFileEndpoint(file))))
        .Append(KeyValuePair.Create<string, IEndpoint>("/console", Get(new ConsoleRedirectEndpoint())))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => _pages.TryGetValue(context.Request.Path.Value ?? "", out IEndpoint? page)
        ? page.HandleAsync(context)
        : ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "not found");

    /// <summary>The files that are embedded.</summary>
    internal static IEnumerable<ConsoleFile> ReadFiles()
    {
        Assembly assembly = typeof(ConsolePages).Assembly;
        foreach (string name in assembly.GetManifestResourceNames())
        {
            if (name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            {
                using Stream stream = assembly.GetManifestResourceStream(name)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                yield return new ConsoleFile(name[ResourcePrefix.Length..], content);
            }
        }
    }

    private static MethodGate Get(IEndpoint endpoint) => new MethodGate(endpoint, HttpMethods.Get, HttpMethods.Head);
}
