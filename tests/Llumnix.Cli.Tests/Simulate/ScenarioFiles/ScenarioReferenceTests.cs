using Llumnix.Cli.Simulate.ScenarioFiles;

namespace Llumnix.Cli.Tests.Simulate.ScenarioFiles;

public sealed class ScenarioReferenceTests
{
    [Fact]
    public void Render_Reference_IsTheCommittedFile()
    {
        string path = Path.Combine(FindRoot(), "docs/reference/scenario.md");
        if (Environment.GetEnvironmentVariable("LLUMNIX_UPDATE_REFERENCE") == "1")
        {
            File.WriteAllText(path, ScenarioReference.Render());
        }

        Assert.Equal(File.ReadAllText(path), ScenarioReference.Render());
    }

    /// <summary>A key that nobody can find out the meaning of is none.</summary>
    [Fact]
    public void Keys_Each_HasKindDescriptionAndDefault()
    {
        Assert.All(ScenarioSections.All.SelectMany(static section => section.Keys), static key =>
        {
            Assert.NotEmpty(key.Kind);
            Assert.EndsWith(".", key.Description, StringComparison.Ordinal);
            Assert.True(key.Default.Length > 0 || key.Kind is "path" or "mapping", key.Name);
            Assert.True(key.Unit.Length > 0 || !key.Kind.StartsWith("number", StringComparison.Ordinal) || key.Name == "noise", key.Name);
        });
        Assert.All(ScenarioSections.All, static section =>
            Assert.Equal(section.Keys.Count, section.Keys.Select(static key => key.Name).Distinct().Count()));
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
