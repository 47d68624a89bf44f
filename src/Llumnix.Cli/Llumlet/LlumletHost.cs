using System.Net;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Adapters.Redis;
using Llumnix.Cli.Options;
using Llumnix.Server.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cli.Llumlet;

/// <summary>Reads the engine beside it and writes its load into the CMS; tells by HTTP whether it can, and refuses migrations by gRPC.</summary>
internal sealed class LlumletHost : IAsyncDisposable
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    private readonly LlumletSettings _settings;
    private readonly TimeProvider _time;
    private readonly RedisStatusPublisher _publisher;
    private readonly EngineStatusSource _source;
    private readonly CmsRelay _relay;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private Task _running = Task.CompletedTask;
    private bool _isStarted;
    private bool _isDisposed;

    private LlumletHost(LlumletSettings settings, RedisWriter redis, TimeProvider time, ILoggerFactory logging)
    {
        (_settings, _time, _logger) = (settings, time, logging.CreateLogger<LlumletHost>());
        _publisher = new RedisStatusPublisher(redis, settings.KeyLifetime, time);
        _relay = new CmsRelay(
            _publisher,
            read => settings.Describe(read, _source!.FaceOf(settings.Engine.Host, settings.Engine.Port), GrpcPort, time.GetUtcNow()),
            settings.KeyLifetime / 10,
            time);
        _source = new EngineStatusSource(settings.Reading, _relay, time, logging);
        _app = Build(logging);
        _publisher.Reconnected += _relay.Rewrite;
    }

    /// <summary>Port of /healthz and /readyz, once started.</summary>
    public int Port { get; private set; }

    /// <summary>Port of the gRPC service, once started.</summary>
    public int GrpcPort { get; private set; }

    /// <summary>Starts the llumlet; a Redis or an engine that does not answer is tried again.</summary>
    /// <exception cref="IOException">A port is in use, or the CA file cannot be used.</exception>
    public static async Task<LlumletHost> StartAsync(LlumletSettings settings, TimeProvider time, ILoggerFactory logging, CancellationToken cancellationToken)
    {
        var host = new LlumletHost(settings, await RedisWriter.ConnectAsync(settings.Redis, "CMS", "--cms-redis-host and --cms-redis-port", logging), time, logging);
        try
        {
            await host._app.StartAsync(cancellationToken);
            int[] ports = [.. host._app.Urls.Select(static url => new Uri(url).Port)];
            (host.Port, host.GrpcPort) = (ports[0], ports[1]);
            host.Run();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Writes what it was started with to the log.</summary>
    internal void LogStart(string report)
    {
        _isStarted = true;
        StartLog.WriteListening(_logger, "llumlet", _app.Urls);
        OptionsLog.Write(_logger, report);
    }

    /// <summary>Stops, and deletes the instance's keys.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _source.DisposeAsync();
        await _relay.RemoveAsync();
        using (var timeout = new CancellationTokenSource(StopTimeout, _time))
        {
            await _app.StopAsync(timeout.Token);
        }

        await _app.DisposeAsync();
        await _publisher.DisposeAsync();
        _stopping.Dispose();
        if (_isStarted)
        {
            StartLog.WriteStopped(_logger, "llumlet");
        }
    }

    private void Run()
    {
        var discovery = new StaticDiscovery(_settings.ToInstances(), _source, _time);
        _running = Task.WhenAll(
            _relay.RunAsync(_stopping.Token), _source.RunAsync(_stopping.Token), discovery.RunAsync(_stopping.Token));
    }

    private WebApplication Build(ILoggerFactory logging)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        IPAddress address = _settings.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(_settings.Host);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Listen(address, _settings.Port, static listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(address, _settings.GrpcPort, static listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRoutingCore().AddSingleton(logging).AddGrpc();
        WebApplication app = builder.Build();
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        app.MapMethods("/healthz", methods, static () => Results.Text("ok"));
        app.MapMethods("/readyz", methods, () => _relay.Problem is { } problem ? Results.Text(problem, statusCode: StatusCodes.Status503ServiceUnavailable) : Results.Text("ok"));
        app.MapGrpcService<UnsupportedMigrations>();
        return app;
    }
}
