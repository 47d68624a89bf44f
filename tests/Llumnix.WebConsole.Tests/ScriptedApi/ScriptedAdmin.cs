using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Http;
using Llumnix.Server.WebConsole;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Llumnix.WebConsole.Tests.ScriptedApi;

/// <summary>The console's files beside an admin API whose answers a test sets, for what a live scheduler does not do on demand.</summary>
internal sealed class ScriptedAdmin : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConsolePages _pages = new();
    private readonly Dictionary<string, byte[]> _answers = [];
    private readonly List<Channel<string>> _streams = [];
    private readonly ConcurrentQueue<(string Method, string Path, string Body)> _changes = new();
    private readonly Lock _lock = new();

    private ScriptedAdmin(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>The token that callers need; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>What each new event stream begins with.</summary>
    public IReadOnlyList<string> FirstEvents { get; private set; } = [];

    /// <summary>Starts it with a fleet and a readiness.</summary>
    public static async Task<ScriptedAdmin> StartAsync(FleetAnswer fleet, string? token = null, int port = 0, params IReadOnlyList<string> more)
    {
        var status = new StatusEvent(true, "", "", null, null, []);
        var admin = new ScriptedAdmin(port)
        {
            Token = token,
            FirstEvents =
            [
                Event("status", status, AdminJsonContext.Default.StatusEvent),
                Event("fleet", fleet, AdminJsonContext.Default.FleetAnswer),
                .. more,
            ],
        };
        admin.Answer("fleet/recent", new(2_000, ["running", "kv_used_tokens"], [], []), AdminJsonContext.Default.FleetRecentAnswer);
        admin.Answer("settings", Samples.Settings(), AdminJsonContext.Default.SettingsAnswer);
        admin.Answer("migrations", new(true, 1_000, 0, [], []), AdminJsonContext.Default.MigrationsAnswer);
        admin.Answer("decisions", new(10_000, 0, [], null), AdminJsonContext.Default.DecisionsAnswer);
        await admin._app.StartAsync(TestContext.Current.CancellationToken);
        return admin;
    }

    /// <summary>An event as it goes over the wire.</summary>
    public static string Event<T>(string name, T data, JsonTypeInfo<T> type) => $"event: {name}\ndata: {JsonSerializer.Serialize(data, type)}\n\n";

    /// <summary>How many event streams are open.</summary>
    public int Streams
    {
        get
        {
            lock (_lock)
            {
                return _streams.Count;
            }
        }
    }

    /// <summary>What was sent to change something: method, path with its query, and body.</summary>
    public IReadOnlyCollection<(string Method, string Path, string Body)> Changes => _changes;

    /// <summary>Sets the answer of a path below /admin/, whatever its query.</summary>
    public void Answer<T>(string path, T answer, JsonTypeInfo<T> type)
    {
        lock (_lock)
        {
            _answers[$"/admin/{path}"] = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        }
    }

    /// <summary>Sends an event to every open stream.</summary>
    public void Send<T>(string name, T data, JsonTypeInfo<T> type)
    {
        string text = Event(name, data, type);
        lock (_lock)
        {
            _streams.ForEach(stream => stream.Writer.TryWrite(text));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _streams.ForEach(static stream => stream.Writer.TryComplete());
        }

        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        string path = context.Request.Path.Value!;
        if (path.StartsWith("/console", StringComparison.Ordinal))
        {
            await _pages.HandleAsync(context);
            return;
        }

        if (!HttpMethods.IsGet(context.Request.Method))
        {
            using var body = new StreamReader(context.Request.Body);
            _changes.Enqueue((context.Request.Method, path + context.Request.QueryString, await body.ReadToEndAsync(context.RequestAborted)));
        }

        await AnswerAsync(context, path);
    }

    private Task AnswerAsync(HttpContext context, string path)
    {
        if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            return ErrorResponse.WriteAsync(context, StatusCodes.Status401Unauthorized, "unauthorized");
        }

        byte[]? answer;
        lock (_lock)
        {
            _answers.TryGetValue(path, out answer);
        }

        return path == "/admin/events" ? StreamAsync(context)
            : answer is null ? ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, "not found")
            : context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }

    private async Task StreamAsync(HttpContext context)
    {
        var stream = Channel.CreateUnbounded<string>();
        foreach (string text in FirstEvents)
        {
            stream.Writer.TryWrite(text);
        }

        lock (_lock)
        {
            _streams.Add(stream);
        }

        context.Response.ContentType = "text/event-stream";
        try
        {
            await foreach (string text in stream.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(text, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The page is gone.
        }
        finally
        {
            lock (_lock)
            {
                _streams.Remove(stream);
            }
        }
    }
}
