using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>A registry on the loopback address that holds one empty base image, in place of the one that cannot be reached.</summary>
internal sealed class BaseImageRegistry : IAsyncDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";
    private readonly WebApplication _app;

    private BaseImageRegistry(WebApplication app) => _app = app;

    /// <summary>The name of its image.</summary>
    public string Image => $"localhost:{new Uri(_app.Urls.First()).Port}/base:1";

    public static async Task<BaseImageRegistry> StartAsync()
    {
        byte[] layer = EmptyTar();
        byte[] packed = Pack(layer);
        byte[] configuration = Bytes(new JsonObject
        {
            ["architecture"] = "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Env"] = new JsonArray("ASPNETCORE_HTTP_PORTS=8080") },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Digest(layer)) },
        });
        byte[] manifest = Bytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = Descriptor("application/vnd.docker.container.image.v1+json", configuration),
            ["layers"] = new JsonArray(Descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", packed)),
        });
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/v2/", () => Results.Ok());
        app.MapMethods("/v2/base/manifests/{name}", ["GET", "HEAD"], (HttpContext http) =>
        {
            http.Response.Headers["Docker-Content-Digest"] = Digest(manifest);
            return Results.Bytes(manifest, ManifestType);
        });
        Dictionary<string, byte[]> blobs = new() { [Digest(configuration)] = configuration, [Digest(packed)] = packed };
        app.MapGet("/v2/base/blobs/{digest}", (string digest) =>
            blobs.TryGetValue(digest, out byte[]? blob) ? Results.Bytes(blob) : Results.NotFound());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new BaseImageRegistry(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static JsonObject Descriptor(string type, byte[] content) =>
        new() { ["mediaType"] = type, ["size"] = content.Length, ["digest"] = Digest(content) };

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private static byte[] Bytes(JsonObject json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());

    private static byte[] EmptyTar()
    {
        using var stream = new MemoryStream();
        using (var tar = new TarWriter(stream, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "etc"));
        }

        return stream.ToArray();
    }

    private static byte[] Pack(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
