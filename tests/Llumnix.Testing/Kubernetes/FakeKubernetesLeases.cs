using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Testing.Kubernetes;

/// <summary>The Lease objects of a fake API server. A change must name the version that it replaces.</summary>
public sealed class FakeKubernetesLeases
{
    private const string Path = "/apis/coordination.k8s.io/v1/namespaces/{space}/leases";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, JsonObject> _leases = [];
    private long _version;

    /// <summary>The HTTP status in place of an answer; 0: answered.</summary>
    public int Status { get; set; }

    /// <summary>Deletes a lease.</summary>
    public void Delete(string name)
    {
        lock (_lock)
        {
            _leases.Remove(name);
        }
    }

    /// <summary>Deletes all.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _leases.Clear();
        }
    }

    internal void Map(WebApplication app)
    {
        app.MapGet(Path + "/{name}", (HttpContext context, string name) => AnswerAsync(context, () => Get(name)));
        app.MapPost(Path, async context =>
        {
            JsonObject wanted = await ReadAsync(context);
            await AnswerAsync(context, () => Create(wanted));
        });
        app.MapPut(Path + "/{name}", async (HttpContext context, string name) =>
        {
            JsonObject wanted = await ReadAsync(context);
            await AnswerAsync(context, () => Replace(name, wanted));
        });
    }

    private static async Task<JsonObject> ReadAsync(HttpContext context) =>
        (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();

    private async Task AnswerAsync(HttpContext context, Func<(int Status, string Text)> answer)
    {
        (int status, string text) = (Status, "{}");
        if (status == 0)
        {
            lock (_lock)
            {
                (status, text) = answer();
            }
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private (int Status, string Text) Get(string name) => _leases.TryGetValue(name, out JsonObject? lease) ? (200, lease.ToJsonString()) : (404, "{}");

    private (int Status, string Text) Create(JsonObject wanted) =>
        _leases.ContainsKey(Name(wanted)) ? (409, "{}") : (201, Store(wanted));

    private (int Status, string Text) Replace(string name, JsonObject wanted) =>
        !_leases.TryGetValue(name, out JsonObject? present) ? (404, "{}")
        : Version(present) != Version(wanted) ? (409, "{}")
        : (200, Store(wanted));

    private string Store(JsonObject wanted)
    {
        wanted["metadata"]!["resourceVersion"] = $"{++_version}";
        _leases[Name(wanted)] = wanted;
        return wanted.ToJsonString();
    }

    private static string Name(JsonObject lease) => (string)lease["metadata"]!["name"]!;

    private static string? Version(JsonObject lease) => (string?)lease["metadata"]!["resourceVersion"];
}
