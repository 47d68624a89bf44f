using System.Text.RegularExpressions;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Serve;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options.Table;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>Documents link to files that are there and name flags that there are.</summary>
public sealed class LinkTests
{
    /// <summary>Flags of other programs that the documents mention.</summary>
    private static readonly string[] Foreign = ["--read-only", "--cap-drop", "--no-self-contained", "--from-literal", "--set", "--project", "--filter", "--job", "--scheduler", "--token-file", "--mode", "--json", "--wait", "--timeout", "--scope", "--status", "--undo", "--into", "--class", "--when", "--fleet", "--compare"];

    private static readonly OptionTable[] Tables = [SchedulerOptionTable.Instance, ServeOptionTable.Instance, GatewayOptionTable.Instance, LlumletOptionTable.Instance];

    public static TheoryData<string> Documents =>
    [
        "README.md", "deploy/README.md", "docs/getting-started.md", "docs/concepts.md", "docs/discovery.md", "docs/policies.md", "docs/operations.md", "docs/high-availability.md",
        "docs/extending.md", "docs/migrating.md", "docs/simulating.md", "docs/adaptive-pd.md", "docs/disaggregation.md", "docs/parity.md", "docs/console.md", "ARCHITECTURE.md",
        "CONTRIBUTING.md", "bench/studies/adaptive-pd/README.md", "bench/studies/cache-aware/README.md", "bench/studies/adaptive-pd/HISTORY.md",
        "bench/studies/cache-aware/HISTORY.md", "bench/studies/plain-engines/README.md", "bench/studies/plain-engines/HISTORY.md",
        "bench/studies/prefix-history/README.md", "bench/studies/high-availability/README.md", "bench/traces/README.md", "docs/reference/scenario.md",
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadToFiles(string document)
    {
        string folder = Path.GetDirectoryName(Checkout.PathOf(document))!;
        Assert.All(
            Regex.Matches(Checkout.Read(document), @"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)").Select(match => match.Groups[1].Value),
            link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{document} links to {link}, which is not there"));
    }

    [Theory]
    [InlineData("docs/concepts.md")]
    [InlineData("docs/discovery.md")]
    [InlineData("docs/policies.md")]
    [InlineData("docs/operations.md")]
    [InlineData("docs/migrating.md")]
    [InlineData("docs/console.md")]
    [InlineData("deploy/README.md")]
    public void Flags_AreThoseOfATable(string document) => Assert.All(
        Regex.Matches(Checkout.Read(document), @"(?<![\w-])--[a-z][a-z0-9-]+[a-z0-9](?![\w{*-])").Select(match => match.Value).Except(Foreign),
        flag => Assert.True(Tables.Any(table => table.Find(flag[2..]) is not null), $"{document} names {flag}"));

    [Fact]
    public void Policies_EveryNameIsExplained()
    {
        string text = Checkout.Read("docs/policies.md");
        IEnumerable<string> names = SchedulerProgram.KnownNames.FullModePolicies
            .Concat(SchedulerProgram.KnownNames.FullModeMetrics)
            .Concat(SchedulerProgram.KnownNames.LiteModeMetrics)
            .Concat(SchedulerProgram.KnownNames.ReschedulingPolicies)
            .Concat(SchedulerProgram.KnownNames.FailoverDomains);
        Assert.All(names, name => Assert.Contains($"`{name}`", text, StringComparison.Ordinal));
    }
}
