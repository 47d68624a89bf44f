using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using Llumnix.EngineEmulator;

namespace Llumnix.Deploy.Tests.Packages;

/// <summary>The packages, used as others would: from a folder, with no project of this repository.</summary>
public sealed class PackageTests(PackedFolder packed) : IClassFixture<PackedFolder>
{
    private const string Tool = "Llumnix.Tool";

    private static readonly string[] Libraries =
        ["Llumnix.Adapters", "Llumnix.Gateway", "Llumnix.Protocol", "Llumnix.Scheduling", "Llumnix.Simulation", "Llumnix.Yarp"];

    public static TheoryData<string> Ids => [.. Libraries, Tool];

    [Fact]
    public void Packages_AreTheseAndHaveSymbols()
    {
        Assert.Equal(((IEnumerable<string>)[.. Libraries, Tool]).Order(StringComparer.Ordinal), packed.Ids);
        Assert.Equal(packed.Ids, packed.SymbolIds);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Package_SaysWhatItIs(string id)
    {
        using ZipArchive package = packed.Open(id);
        XElement metadata = XDocument.Load(package.GetEntry($"{id}.nuspec")!.Open()).Root!.Elements().Single();
        Assert.Equal("Apache-2.0", ValueOf("license"));
        Assert.InRange(ValueOf("description").Length, 60, 300);
        Assert.NotEmpty(ValueOf("tags"));
        Assert.NotNull(package.GetEntry(ValueOf("readme")));
        Assert.DoesNotContain(
            metadata.Descendants().Where(static element => element.Name.LocalName == "dependency").Select(static element => element.Attribute("id")!.Value),
            dependency => dependency.StartsWith("Llumnix.", StringComparison.Ordinal) && !Libraries.Contains(dependency));

        string ValueOf(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
    }

    [Fact]
    public void Libraries_HaveDocumentationAndSymbols() => Assert.All(Libraries, id =>
    {
        using ZipArchive package = packed.Open(id);
        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.xml"));
        using ZipArchive symbols = packed.Open(id, "snupkg");
        Assert.NotNull(symbols.GetEntry($"lib/net10.0/{id}.pdb"));
    });

#if !DEBUG
    /// <summary>The bytes do not depend on where they were built.</summary>
    [Theory]
    [MemberData(nameof(Ids))]
    public void Package_NamesNoPathOfTheMachine(string id)
    {
        byte[] path = Encoding.UTF8.GetBytes(Checkout.Root);
        foreach (string extension in (string[])["nupkg", "snupkg"])
        {
            using ZipArchive package = packed.Open(id, extension);
            Assert.DoesNotContain(
                package.Entries.Where(static entry => Path.GetFileName(entry.FullName).StartsWith("Llumnix.", StringComparison.Ordinal)),
                entry => BytesOf(entry).AsSpan().IndexOf(path) >= 0);
        }
    }
#endif

    /// <summary>Symbols of native libraries for one system are most of a package's size.</summary>
    [Fact]
    public void Tool_HasNoSymbolsOfNativeLibraries()
    {
        using ZipArchive package = packed.Open(Tool);
        Assert.DoesNotContain(
            package.Entries, static entry => entry.FullName.Contains("/native/", StringComparison.Ordinal) && entry.Name.EndsWith(".pdb", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Library_SampleThatReferencesThePackage_SchedulesWithItsMetric()
    {
        string folder = packed.MakeFolder("consumer");
        foreach (string file in Directory.EnumerateFiles(Checkout.PathOf("samples/EmbeddedScheduler"), "*.cs"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        await File.WriteAllTextAsync(
            Path.Combine(folder, "Consumer.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Llumnix.Adapters" Version="{packed.Version}" />
              </ItemGroup>
            </Project>
            """,
            TestContext.Current.CancellationToken);
        await Command.RunAsync("dotnet", ["build", "-v", "quiet", "-nologo", "-o", Path.Combine(folder, "out")], folder);

        await using EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions { Engines = [new EmulatedEngineOptions { Port = 0 }] }, TestContext.Current.CancellationToken);
        string engine = FormattableString.Invariant($"127.0.0.1:{engines.Engines[0].Port}");
        string output = await Command.RunAsync("dotnet", [Path.Combine(folder, "out", "Consumer.dll"), engine], folder);

        // Beside these lines the log may say that it has read an engine late.
        Assert.Equal(
            string.Concat(Enumerable.Range(1, 6).Select(i => FormattableString.Invariant($"request-{i}: {engine}\n"))),
            string.Concat(output.Split('\n').Where(static line => line.StartsWith("request-", StringComparison.Ordinal)).Select(static line => line + "\n")));
    }

    [Fact]
    public async Task Tool_InstalledFromTheFolder_RunsTheDemo()
    {
        string folder = packed.MakeFolder("tool");
        await Command.RunAsync(
            "dotnet", ["tool", "install", Tool, "--tool-path", folder, "--version", packed.Version, "--configfile", packed.NuGetConfig], packed.Packages);
        CommandResult result = await Command.TryAsync(Path.Combine(folder, "llumnix"), ["demo", "--duration", "5"], folder);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Contains("TTFT", result.Output, StringComparison.Ordinal);
    }

    private static byte[] BytesOf(ZipArchiveEntry entry)
    {
        using var bytes = new MemoryStream();
        using Stream content = entry.Open();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}
