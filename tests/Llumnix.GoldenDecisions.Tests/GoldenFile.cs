using System.Reflection;

namespace Llumnix.GoldenDecisions.Tests;

/// <summary>
/// The kept hashes of one case. <c>LLUMNIX_UPDATE_GOLDEN=1</c> writes them anew: only for a change that is meant to change decisions.
/// </summary>
internal static class GoldenFile
{
    private static readonly string Folder = typeof(GoldenFile).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static attribute => attribute.Key == "DecisionsFolder").Value!;

    /// <summary>Compares with what was kept.</summary>
    public static void AssertSame(string name, IReadOnlyList<string> lines)
    {
        string path = Path.Combine(Folder, name + ".txt");
        if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllLines(path, lines);
        }

        Assert.True(File.Exists(path), $"{name}: nothing is kept; LLUMNIX_UPDATE_GOLDEN=1 writes it");
        string[] kept = File.ReadAllLines(path);
        int first = Enumerable.Range(0, Math.Max(kept.Length, lines.Count))
            .FirstOrDefault(i => i >= kept.Length || i >= lines.Count || kept[i] != lines[i], -1);
        Assert.True(
            first < 0,
            $"{name}: decisions {first * 100} to {(first * 100) + 99} are the first that differ. Now: {lines[^1]}. Kept: {kept[^1]}");
    }
}
