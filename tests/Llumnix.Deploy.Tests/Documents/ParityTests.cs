using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>The tests that docs/parity.md names exist: folders, classes and methods in the last cell of each row.</summary>
public sealed partial class ParityTests
{
    [Fact]
    public void Table_NamedTests_Exist()
    {
        string[] names = [.. Rows().SelectMany(static row => Quoted().Matches(row[^1])).Select(static match => match.Groups[1].Value)];
        Assert.NotEmpty(names);
        Assert.All(names, static name => Assert.True(Exists(name), $"docs/parity.md names {name}, which is no test"));
    }

    [Fact]
    public void Table_Rows_HaveFourCells() => Assert.DoesNotContain(Rows(), static row => row.Length != 4);

    /// <summary>The cells of each row below the head.</summary>
    private static IEnumerable<string[]> Rows() => Checkout.Read("docs/parity.md").Split('\n')
        .Where(static line => line.StartsWith('|'))
        .Skip(2)
        .Select(static line => CellBorder().Split(line.Trim().Trim('|')));

    private static bool Exists(string name) =>
        name.Contains('/', StringComparison.Ordinal) ? Directory.Exists(Checkout.PathOf(name)) : TestSources.Names.Contains(name);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex CellBorder();
}
