using System.Text.Json.Nodes;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Charts;

/// <summary>
/// The chart, rendered by the libraries that Helm renders with (text/template and Sprig, from Debian's packages), since Helm itself is in no package registry.
/// Built once for all tests.
/// </summary>
public sealed class Chart : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder of the chart, from the checkout's root.</summary>
    public const string Folder = "deploy/chart";

    private string Renderer => Path.Combine(_folder.Root, "render");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        // Debian's Go libraries are sources in a GOPATH; modules would be fetched.
        string source = Checkout.PathOf("tests/Llumnix.Deploy.Tests/Charts/Renderer/render.go");
        await Command.RunAsync(
            "env", ["GO111MODULE=off", "CGO_ENABLED=0", "GOPATH=/usr/share/gocode", $"GOCACHE={Path.Combine(_folder.Root, "cache")}", "go", "build", "-o", Renderer, source]);
    }

    /// <summary>The objects that an installation gets, the notes among them.</summary>
    /// <param name="values">What the installation sets, as YAML.</param>
    internal async Task<IReadOnlyList<JsonObject>> RenderAsync(string values = "")
    {
        string file = Path.Combine(_folder.Root, $"{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file, values, TestContext.Current.CancellationToken);
        string lines = await Command.RunAsync("sh", ["-c", "exec \"$0\" \"$1\" release models < \"$2\"", Renderer, Checkout.PathOf(Folder), file]);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonNode.Parse(line)!.AsObject())];
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
