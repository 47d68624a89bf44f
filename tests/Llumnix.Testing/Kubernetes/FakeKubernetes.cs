using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Testing.Kubernetes;

/// <summary>
/// An API server of Kubernetes with pods and leases alone. It lists pods in pages, watches from a version on until the timeout that the client has asked for, and fails in
/// the ways that real ones do.
/// </summary>
public sealed class FakeKubernetes : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FakePod> _pods = [];
    private readonly List<(long Version, string Line)> _history = [];
    private readonly List<Channel<string>> _watches = [];
    private readonly HashSet<string> _connections = [];
    private readonly WebApplication _app;
    private long _version = 1;
    private long _expired;

    private FakeKubernetes(WebApplication app) => _app = app;

    /// <summary>Its address.</summary>
    public string Url => _app.Urls.Single();

    /// <summary>Its Lease objects.</summary>
    public FakeKubernetesLeases Leases { get; } = new();

    /// <summary>The HTTP status of lists in place of an answer; 0: they are answered.</summary>
    public int ListStatus { get; set; }

    /// <summary>The HTTP status of watches in place of an answer; 0: they are answered.</summary>
    public int WatchStatus { get; set; }

    /// <summary>Whether lists stop in the middle of their body.</summary>
    public bool ListsHang { get; set; }

    /// <summary>Whether watches are silent for ever, as over a connection whose other end is gone.</summary>
    public bool WatchesHang { get; set; }

    /// <summary>Largest number of pods in a page.</summary>
    public int PageSize { get; set; } = int.MaxValue;

    /// <summary>Number of first pages that were asked for and answered.</summary>
    public int Lists { get; private set; }

    /// <summary>Number of watches that were asked for and answered.</summary>
    public int WatchesBegun { get; private set; }

    /// <summary>Number of TCP connections that were made.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Number of open watches.</summary>
    public int Watches
    {
        get
        {
            lock (_lock)
            {
                return _watches.Count;
            }
        }
    }

    /// <summary>Starts a server on a free port of the loopback.</summary>
    public static async Task<FakeKubernetes> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        var server = new FakeKubernetes(app);
        app.MapGet("/api/v1/namespaces/{space}/pods", server.AnswerAsync);
        server.Leases.Map(app);
        await app.StartAsync();
        return server;
    }

    /// <summary>Adds or changes a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="isTold">Whether open watches are told; those that begin later are in any case.</param>
    public void Put(FakePod pod, bool isTold = true)
    {
        lock (_lock)
        {
            string type = _pods.ContainsKey(pod.Uid) ? "MODIFIED" : "ADDED";
            _pods[pod.Uid] = pod;
            Happen(type, pod, isTold);
        }
    }

    /// <summary>Deletes a pod.</summary>
    /// <param name="uid">Its uid.</param>
    /// <param name="isTold">Whether open watches are told; those that begin later are in any case.</param>
    public void Delete(string uid, bool isTold = true)
    {
        lock (_lock)
        {
            _pods.Remove(uid, out FakePod? pod);
            Happen("DELETED", pod!, isTold);
        }
    }

    /// <summary>Other objects of the cluster change: only a bookmark tells the new version.</summary>
    public void Bookmark()
    {
        lock (_lock)
        {
            Send(Event("BOOKMARK", new { kind = "Pod", apiVersion = "v1", metadata = new { resourceVersion = $"{++_version}" } }));
        }
    }

    /// <summary>Forgets the history: watches from any version before the present one are told that it has expired.</summary>
    /// <param name="isTold">Whether open watches are told so as well; their connections stay open.</param>
    public void Expire(bool isTold)
    {
        lock (_lock)
        {
            _history.Clear();
            _expired = _version;
            if (isTold)
            {
                Send(ExpiredEvent);
            }
        }
    }

    /// <summary>Sends a line to all watches as it is.</summary>
    public void SendLine(string line)
    {
        lock (_lock)
        {
            Send(line);
        }
    }

    /// <summary>Ends all watches as a server does, without an error.</summary>
    public void CloseWatches()
    {
        lock (_lock)
        {
            _watches.ForEach(static watch => watch.Writer.TryComplete());
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        CloseWatches();
        await _app.DisposeAsync();
    }

    private static string ExpiredEvent =>
        Event("ERROR", new { kind = "Status", apiVersion = "v1", status = "Failure", reason = "Expired", code = 410 });

    private static string Event(string type, object content) => JsonSerializer.Serialize(new { type, @object = content });

    private void Happen(string type, FakePod pod, bool isTold)
    {
        string line = Event(type, pod.ToJson(++_version));
        _history.Add((_version, line));
        if (isTold)
        {
            Send(line);
        }
    }

    private void Send(string line) => _watches.ForEach(watch => watch.Writer.TryWrite(line));

    private Task AnswerAsync(HttpContext context)
    {
        lock (_lock)
        {
            _connections.Add(context.Connection.Id);
        }

        // A client that lists may say watch=false.
        bool isWatch = context.Request.Query["watch"] == "true";
        int status = isWatch ? WatchStatus : ListStatus;
        if (status == 0)
        {
            return isWatch ? WatchAsync(context) : ListAsync(context);
        }

        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task ListAsync(HttpContext context)
    {
        object page;
        lock (_lock)
        {
            int start = NumberOf(context, "continue");
            int size = Math.Min(PageSize, NumberOf(context, "limit"));
            Lists += start == 0 ? 1 : 0;
            page = new
            {
                kind = "PodList",
                apiVersion = "v1",
                metadata = new
                {
                    resourceVersion = $"{_version}",
                    @continue = start + size < _pods.Count ? $"{start + size}" : "",
                },
                items = _pods.Values.Skip(start).Take(size).Select(pod => pod.ToJson(_version)).ToList(),
            };
        }

        if (ListsHang)
        {
            await context.Response.WriteAsync("{\"kind\":", context.RequestAborted);
            await UntilAbortedAsync(context);
            return;
        }

        await context.Response.WriteAsJsonAsync(page, context.RequestAborted);
    }

    private async Task WatchAsync(HttpContext context)
    {
        Channel<string> lines = Channel.CreateUnbounded<string>();
        int seconds = NumberOf(context, "timeoutSeconds");
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(seconds > 0 ? seconds : 1800));
        await using CancellationTokenRegistration end = timeout.Token.Register(() => lines.Writer.TryComplete());
        lock (_lock)
        {
            WatchesBegun++;
            Begin(lines, NumberOf(context, "resourceVersion"));
            _watches.Add(lines);
        }

        try
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (WatchesHang)
            {
                await UntilAbortedAsync(context);
            }

            await foreach (string line in lines.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(line + "\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
        finally
        {
            lock (_lock)
            {
                _watches.Remove(lines);
            }
        }
    }

    private void Begin(Channel<string> lines, long version)
    {
        if (version < _expired)
        {
            lines.Writer.TryWrite(ExpiredEvent);
            lines.Writer.TryComplete();
            return;
        }

        foreach ((long at, string line) in _history)
        {
            if (at > version)
            {
                lines.Writer.TryWrite(line);
            }
        }
    }

    private static async Task UntilAbortedAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await using CancellationTokenRegistration registration = context.RequestAborted.Register(() => aborted.TrySetResult());
        await aborted.Task;
    }

    private static int NumberOf(HttpContext context, string key) =>
        int.TryParse(context.Request.Query[key], CultureInfo.InvariantCulture, out int number) ? number : 0;
}
