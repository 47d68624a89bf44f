namespace Llumnix.Deploy.Tests;

/// <summary>The checkout that the tests run from.</summary>
internal static class Checkout
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The configuration that the tests, and what they reference, are built in.</summary>
    public static string Configuration { get; } = Directory.GetParent(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))!.Name;

    /// <summary>The path of one of its files.</summary>
    /// <param name="path">With slashes, from the root.</param>
    public static string PathOf(string path) => Path.Combine(Root, path);

    /// <summary>The text of one of its files.</summary>
    public static string Read(string path) => File.ReadAllText(PathOf(path));

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Llumnix.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The repository's root is not above the tests.");
    }
}
