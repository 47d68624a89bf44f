using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Llumnix.EngineEmulator.Http;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Llumnix.EngineEmulator.KvStore;

/// <summary>
/// An emulated Mooncake master over HTTP (<c>GET /batch_query_keys?keys=k1,k2</c>): the holders of a chunk are the engines whose prefix caches hold
/// it at the moment of the question, so that evictions and ends of engines need no message. Prompts must come as token ids.
/// </summary>
public sealed class MooncakeMaster : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ChunkDirectory _chunks;
    private readonly ConcurrentDictionary<HostedEngine, string> _endpoints = new();

    private MooncakeMaster(ChunkKeyOptions settings)
    {
        _chunks = new ChunkDirectory(settings);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>The port that it listens on, on the loopback address.</summary>
    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>Starts a master.</summary>
    /// <param name="settings">The scheduler's chunk size and hash settings.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<MooncakeMaster> StartAsync(ChunkKeyOptions settings, CancellationToken cancellationToken = default)
    {
        var master = new MooncakeMaster(settings);
        await master._app.StartAsync(cancellationToken);
        return master;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Adds an engine's prefix cache to the store.</summary>
    internal void Attach(HostedEngine engine)
    {
        InstanceMetadata metadata = engine.Metadata;
        _endpoints[engine] = HostAddress.EndpointOf(metadata.IpKvs, metadata.KvtPort);
    }

    /// <summary>Adds the chunks of a prompt.</summary>
    internal void Learn(in Prompt prompt, int blockSize) => _chunks.Learn(prompt.TokenIds.Span, prompt.ContentIds.Span, blockSize);

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/batch_query_keys")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        string[] keys = context.Request.Query["keys"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (keys.Length == 0)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(Answer(keys), context.RequestAborted).AsTask();
    }

    private byte[] Answer(string[] keys)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteBoolean("success"u8, true);
            json.WriteStartObject("data"u8);
            foreach (string key in keys.Distinct(StringComparer.Ordinal))
            {
                WriteKey(json, key);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void WriteKey(Utf8JsonWriter json, string key)
    {
        string[] holders = _chunks.TryFind(key, out ulong block) ? HoldersOf(block) : [];
        json.WriteStartObject(key);
        json.WriteBoolean("ok"u8, holders.Length > 0);
        if (holders.Length == 0)
        {
            json.WriteString("error"u8, "object not found");
        }
        else
        {
            json.WriteStartArray("values"u8);
            foreach (string endpoint in holders)
            {
                json.WriteStartObject();
                json.WriteString("transport_endpoint_"u8, endpoint);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private string[] HoldersOf(ulong block) =>
        [.. _endpoints.Where(pair => !pair.Key.HasEnded && pair.Key.Runner.IsCached(block)).Select(pair => pair.Value)];
}
