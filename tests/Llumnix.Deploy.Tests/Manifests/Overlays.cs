namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>The folders below deploy/ that somebody would apply.</summary>
internal static class Overlays
{
    /// <summary>Every kustomization except the parts of the base and components.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Directory.EnumerateFiles(Checkout.PathOf("deploy"), "kustomization.yaml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Checkout.PathOf("deploy"), Path.GetDirectoryName(file)!))
            .Where(folder => !folder.StartsWith("base/", StringComparison.Ordinal) && !folder.StartsWith("components/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The same as rows of a theory.</summary>
    public static TheoryData<string> Rows => [.. All];
}
