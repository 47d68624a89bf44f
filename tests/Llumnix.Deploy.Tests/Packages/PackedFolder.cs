using System.IO.Compression;
using System.Xml.Linq;

namespace Llumnix.Deploy.Tests.Packages;

/// <summary>
/// All packages, packed once into a folder of their own from what is built, and a NuGet configuration that knows this folder and the machine's cache only. Their version is
/// one of this run's own: the cache may hold packages of the real one, packed and tried earlier, which would be taken in their place.
/// </summary>
public sealed class PackedFolder : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The folder with the packages.</summary>
    public string Packages => Path.Combine(_folder.Root, "packages");

    /// <summary>The NuGet configuration. What is restored with it goes to a folder of its own.</summary>
    public string NuGetConfig => Path.Combine(_folder.Root, "nuget.config");

    /// <summary>The version of all packages.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The ids of the packages, sorted.</summary>
    public IReadOnlyList<string> Ids => [.. FilesOf("nupkg").Select(file => IdOf(file, ".nupkg")).Order(StringComparer.Ordinal)];

    /// <summary>The ids of the packages with symbols, sorted.</summary>
    public IReadOnlyList<string> SymbolIds => [.. FilesOf("snupkg").Select(file => IdOf(file, ".snupkg")).Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        string prefix = XDocument.Load(Checkout.PathOf("Directory.Build.props")).Descendants("VersionPrefix").Single().Value;
        Version = $"{prefix}-test.g{Guid.NewGuid():N}";
        await Command.RunAsync(
            "dotnet",
            ["pack", "Llumnix.slnx", "--no-build", "-c", Checkout.Configuration, $"-p:PackageVersion={Version}", "-o", Packages, "-v", "quiet", "-nologo"]);
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await File.WriteAllTextAsync(
            NuGetConfig,
            $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{Path.Combine(_folder.Root, "restored")}" /></config>
              <packageSources><clear /><add key="packed" value="{Packages}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="cache" value="{cache}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <summary>Makes an empty folder below that of the configuration.</summary>
    public string MakeFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder.Root, name)).FullName;

    /// <summary>Opens a package.</summary>
    internal ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Packages, $"{id}.{Version}.{extension}"));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private string IdOf(string file, string extension) => Path.GetFileName(file).Replace($".{Version}{extension}", "", StringComparison.Ordinal);

    private IEnumerable<string> FilesOf(string extension) => Directory.EnumerateFiles(Packages, "*." + extension);
}
