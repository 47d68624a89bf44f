using Llumnix.Adapters.Options;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Tests.Options;

public sealed class OptionsHelpTests
{
    private const string ReferencePath = "docs/reference/configuration.md";

    [Fact]
    public void Render_Help_ShowsGroupsFlagsAndDefaults()
    {
        string help = OptionsHelp.Render(SchedulerOptionTable.Instance);
        Assert.Contains("\nCMS (full mode):\n  --cms-redis-host <text> (default redis)\n      Host of the CMS Redis.\n", help, StringComparison.Ordinal);
        Assert.Contains("  --colocated-rescheduling-mode, --colocated-reschedule-mode <boolean> (default false)\n", help, StringComparison.Ordinal);
        Assert.All(SchedulerOptionTable.Instance.Rows, row => Assert.Contains($"\n  {row.Flag}", help, StringComparison.Ordinal));
    }

    [Fact]
    public void Render_Reference_IsTheCommittedFile()
    {
        string path = Path.Combine(FindRoot(), ReferencePath);
        if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_REFERENCE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, OptionsReference.Render(SchedulerOptionTable.Instance));
        }

        Assert.Equal(File.ReadAllText(path), OptionsReference.Render(SchedulerOptionTable.Instance));
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
