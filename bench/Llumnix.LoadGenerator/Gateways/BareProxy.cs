using System.CommandLine;
using Yarp.ReverseProxy.Configuration;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary><c>loadgen proxy</c>: YARP with one route to all engines and nothing else. The mark to measure a gateway against.</summary>
internal static class BareProxy
{
    internal static Command Command()
    {
        var port = new Option<int>("--port") { DefaultValueFactory = _ => 8120 };
        var engines = new Option<string>("--engines") { Required = true, Description = "URLs with commas between" };
        var command = new Command("proxy", "Serves a bare YARP reverse proxy.") { port, engines };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(port), parsed.GetValue(engines)!.Split(','), cancellation));
        return command;
    }

    private static Task RunAsync(int port, string[] engines, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var route = new RouteConfig { RouteId = "all", ClusterId = "engines", Match = new RouteMatch { Path = "{**rest}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "engines",
            Destinations = engines.ToDictionary(static engine => engine, static engine => new DestinationConfig { Address = engine }),
        };
        builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);
        WebApplication app = builder.Build();
        app.MapReverseProxy();
        return app.RunAsync(cancellation);
    }
}
