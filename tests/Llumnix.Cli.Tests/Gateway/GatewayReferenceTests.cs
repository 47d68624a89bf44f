using Llumnix.Cli.Gateway;

namespace Llumnix.Cli.Tests.Gateway;

public sealed class GatewayReferenceTests
{
    private const string ReferencePath = "docs/reference/gateway-flags.md";

    [Fact]
    public void Render_Reference_IsTheCommittedFile()
    {
        string path = Path.Combine(FindRoot(), ReferencePath);
        if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_REFERENCE") == "1")
        {
            File.WriteAllText(path, GatewayReference.Render());
        }

        Assert.Equal(File.ReadAllText(path), GatewayReference.Render());
    }

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
