using System.Reflection;
using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;

namespace Llumnix.Server.WebConsole;

/// <summary>The console: a page and its files, embedded in this assembly, that show what the admin API says.</summary>
internal static class ConsoleRoutes
{
    private const string ResourcePrefix = "console/";
    private const string StartFile = "index.html";

    /// <summary>Reads the console's files, and makes their routes.</summary>
    /// <param name="port">The port that serves them.</param>
    internal static IReadOnlyList<ApiRoute> Make(ListenerPort port)
    {
        var routes = new List<ApiRoute> { new("/console", port, Get(new ConsoleRedirectEndpoint())) };
        foreach (ConsoleFile file in ReadFiles())
        {
            routes.Add(new($"/console/{(file.Path == StartFile ? "" : file.Path)}", port, Get(new ConsoleFileEndpoint(file))));
        }

        return routes;
    }

    /// <summary>The files that are embedded.</summary>
    internal static IEnumerable<ConsoleFile> ReadFiles()
    {
        Assembly assembly = typeof(ConsoleRoutes).Assembly;
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

    private static MethodGate Get(IEndpoint endpoint) => new(endpoint, HttpMethods.Get, HttpMethods.Head);
}
