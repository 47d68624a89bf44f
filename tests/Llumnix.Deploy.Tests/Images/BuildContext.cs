namespace Llumnix.Deploy.Tests.Images;

/// <summary>What an image build sees of the checkout, by .dockerignore.</summary>
internal static class BuildContext
{
    /// <summary>Copies the context into a folder.</summary>
    public static void CopyTo(string folder)
    {
        string[] lines = [.. Checkout.Read(".dockerignore").Split('\n').Where(line => line.Length > 0 && line[0] != '#')];
        Assert.Equal("*", lines[0]);
        string[] dropped = [.. lines.Where(line => line.StartsWith("**/", StringComparison.Ordinal)).Select(line => line[3..])];
        foreach (string kept in lines.Where(line => line[0] == '!').Select(line => line[1..]))
        {
            Copy(Checkout.PathOf(kept), Path.Combine(folder, kept), dropped);
        }
    }

    private static void Copy(string from, string to, string[] dropped)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (File.Exists(from))
        {
            File.Copy(from, to);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (string entry in Directory.EnumerateFileSystemEntries(from).Where(e => !dropped.Contains(Path.GetFileName(e))))
        {
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)), dropped);
        }
    }
}
