namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>The folders below deploy/ that somebody would apply.</summary>
internal static class Overlays
{
    private static readonly string[] Parts = ["base/", "components/", "examples/"];

    /// <summary>Every kustomization except the parts of the base, components, and examples.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Checkout.PathOf("deploy"), "kustomization.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Checkout.PathOf("deploy"), Path.GetDirectoryName(file)!))
            .Where(folder => !Array.Exists(Parts, part => folder.StartsWith(part, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The same as rows of a theory.</summary>
    public static TheoryData<string> Rows => [.. All];
}
