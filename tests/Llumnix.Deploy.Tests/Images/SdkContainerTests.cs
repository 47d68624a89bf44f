using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>The images that the SDK builds by itself, over an empty base.</summary>
public sealed class SdkContainerTests(PublishedTree tree)
{
    [Theory]
    [InlineData("Llumnix.Server", "/usr/local/bin/scheduler", "", "8002/tcp")]
    [InlineData("Llumnix.Cli", "/usr/local/bin/llumnix", "engine --host 0.0.0.0", "8100/tcp")]
    public async Task PublishContainer_OverAnEmptyBase_IsTheImageOfTheDockerfile(string project, string program, string arguments, string port)
    {
        using var folder = new TemporaryFolder();
        await using BaseImageRegistry registry = await BaseImageRegistry.StartAsync();
        string archive = Path.Combine(folder.Root, "image.tar");
        CommandResult published = await tree.BuildAsync("dotnet", artifacts => [
            "publish", $"src/{project}", "-c", "Release", "-r", "linux-x64", "--no-self-contained", "--artifacts-path", artifacts, "-p:RunAnalyzers=false",
            "-t:PublishContainer", $"-p:ContainerBaseImage={registry.Image}", $"-p:ContainerArchiveOutputPath={archive}", "-v", "quiet", "-nologo",
        ]);
        Assert.True(published.ExitCode == 0, published.Output + published.Errors);
        string image = Path.Combine(folder.Root, "image");
        Directory.CreateDirectory(image);
        await TarFile.ExtractToDirectoryAsync(archive, image, overwriteFiles: false, TestContext.Current.CancellationToken);

        JsonNode manifest = (await ReadAsync(image, "manifest.json"))[0]!;
        JsonNode config = (await ReadAsync(image, (string)manifest["Config"]!))["config"]!;
        Assert.Equal(program, Assert.Single(config["Entrypoint"]!.AsArray())!.GetValue<string>());
        Assert.Equal(arguments, string.Join(' ', config["Cmd"]?.AsArray().Select(text => text!.GetValue<string>()) ?? []));
        Assert.Equal("1654", (string?)config["User"]);
        Assert.NotNull(config["ExposedPorts"]![port]);
        Assert.Contains("ASPNETCORE_HTTP_PORTS=", config["Env"]!.AsArray().Select(text => (string?)text));
        string layer = Path.Combine(image, (string)manifest["Layers"]![1]!);
        Assert.True(await IsExecutableAsync(layer, program[1..]), $"{program} must be in the image");
    }

    private static async Task<JsonNode> ReadAsync(string folder, string name) =>
        JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, name), TestContext.Current.CancellationToken))!;

    private static async Task<bool> IsExecutableAsync(string layer, string path)
    {
        await using FileStream file = File.OpenRead(layer);
        bool isPacked = file.ReadByte() == 0x1f;
        file.Position = 0;
        await using Stream content = isPacked ? new GZipStream(file, CompressionMode.Decompress) : file;
        await using var tar = new TarReader(content);
        while (await tar.GetNextEntryAsync(copyData: false, TestContext.Current.CancellationToken) is { } entry)
        {
            if (entry.Name.TrimStart('.', '/') == path)
            {
                return entry.Mode.HasFlag(UnixFileMode.OtherExecute);
            }
        }

        return false;
    }
}
