using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Serve;

namespace Llumnix.Cli.Tests.Gateway;

public sealed class GatewayReferenceTests
{
    [Fact]
    public void Render_ReferenceOfServe_IsTheCommittedFile() => Check("docs/reference/serve.md", ServeOptionTable.Instance);

    [Fact]
    public void Render_ReferenceOfGateway_IsTheCommittedFile() => Check("docs/reference/gateway.md", GatewayOptionTable.Instance);

    [Fact]
    public void Render_ReferenceOfLlumlet_IsTheCommittedFile() => Check("docs/reference/llumlet.md", LlumletOptionTable.Instance);

    private static void Check(string reference, OptionTable table)
    {
        string path = Path.Combine(FindRoot(), reference);
        if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_REFERENCE") == "1")
        {
            File.WriteAllText(path, OptionsReference.Render(table));
        }

        Assert.Equal(File.ReadAllText(path), OptionsReference.Render(table));
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
