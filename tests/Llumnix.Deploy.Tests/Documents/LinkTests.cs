using System.Text.RegularExpressions;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Serve;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>Every document can be reached from README.md, its links lead somewhere, and the flags that it names are there.</summary>
public sealed class LinkTests
{
    private const string Entry = "README.md";

    /// <summary>Folders without documents of ours: what builds and package managers make.</summary>
    private static readonly string[] Made = ["bin", "obj", "node_modules", "artifacts", "TestResults"];

    /// <summary>Documents that tell of former times, with the flags of those.</summary>
    private static readonly string[] Records = ["CHANGELOG.md", "bench/results/"];

    /// <summary>Flags of other programs that the documents mention.</summary>
    private static readonly string[] Foreign =
    [
        // Docker, kubectl, Helm, curl, .NET, benchmarks of a decision.
        "--read-only", "--cap-drop", "--from-literal", "--from-file", "--set", "--retry", "--retry-all-errors", "--retry-delay", "--project", "--no-build", "--list", "--global", "--source", "--no-self-contained",
        "--filter", "--job",
        // redis-server, vLLM and SGLang, and a flag as such.
        "--save", "--api-key", "--decode-log-interval", "--enable-metrics", "--flag",
    ];

    private static readonly Dictionary<string, MarkdownDocument> All = FindDocuments(Checkout.Root)
        .Select(static file => Path.GetRelativePath(Checkout.Root, file))
        .ToDictionary(static path => path, static path => MarkdownDocument.Parse(Checkout.Read(path)));

    private static readonly HashSet<string> CommandFlags = [.. FlagsOf(Root.Create())];

    private static readonly OptionTable[] Tables = [SchedulerOptionsParser.Flags, ServeOptionTable.Instance, GatewayOptionTable.Instance, LlumletOptionTable.Instance];

    public static TheoryData<string> Documents => [.. All.Keys.Order(StringComparer.Ordinal)];

    public static TheoryData<string> Instructions =>
        [.. All.Keys.Where(static path => !Records.Any(record => path.StartsWith(record, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadToFilesAndHeadings(string document) => Assert.All(All[document].Links, link =>
    {
        string target = TargetOf(document, link);
        Assert.True(Path.Exists(Checkout.PathOf(target)), $"{document} links to {link}, which is not there");
        Assert.True(
            link.IndexOf('#') is < 0 || (All.TryGetValue(target, out MarkdownDocument? linked) && linked.Anchors.Contains(link[(link.IndexOf('#') + 1)..])),
            $"{document} links to {link}, and there is no such heading");
    });

    /// <summary>A link to a folder reaches the documents in it.</summary>
    [Fact]
    public void Documents_AreAllReachedFromReadme()
    {
        var reached = new HashSet<string> { Entry };
        var open = new Queue<string>([Entry]);
        while (open.TryDequeue(out string? document))
        {
            string[] targets = [.. All[document].Links.Select(link => TargetOf(document, link))];
            foreach (string next in All.Keys.Where(path => targets.Contains(path) || targets.Contains(Path.GetDirectoryName(path))).Where(reached.Add))
            {
                open.Enqueue(next);
            }
        }

        Assert.Empty(All.Keys.Except(reached));
    }

    [Theory]
    [MemberData(nameof(Instructions))]
    public void Flags_AreThoseOfAProgram(string document) => Assert.All(
        Regex.Matches(Checkout.Read(document), @"(?<![\w-])--[a-z][a-z0-9-]+[a-z0-9](?![\w{*-])").Select(match => match.Value).Except(Foreign),
        flag => Assert.True(CommandFlags.Contains(flag) || Tables.Any(table => table.Find(flag[2..]) is not null), $"{document} names {flag}"));

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

    private static IEnumerable<string> FindDocuments(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.md"),
        .. Directory.EnumerateDirectories(folder)
            .Where(static child => Path.GetFileName(child) is var name && !name.StartsWith('.') && !Made.Contains(name))
            .SelectMany(FindDocuments),
    ];

    /// <summary>What a link leads to, from the checkout's root and without an anchor.</summary>
    private static string TargetOf(string document, string link)
    {
        string path = link.Split('#')[0];
        string full = path.Length == 0 ? Checkout.PathOf(document) : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Checkout.PathOf(document))!, path));
        return Path.GetRelativePath(Checkout.Root, Path.TrimEndingDirectorySeparator(full));
    }

    private static IEnumerable<string> FlagsOf(System.CommandLine.Command command) =>
        command.Options.SelectMany(static option => option.Aliases.Append(option.Name)).Concat(command.Subcommands.SelectMany(FlagsOf));
}
