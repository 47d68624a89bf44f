using System.CommandLine;
using System.Text.RegularExpressions;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Simulate;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>Every <c>simulate</c> command in the documents, cut short, runs from a plain clone.</summary>
public sealed partial class SimulateCommandTests
{
    public static TheoryData<string, string> Commands
    {
        get
        {
            var commands = new TheoryData<string, string>();
            string[] documents = ["README.md", "docs/simulating.md", "docs/getting-started.md", "bench/traces/README.md"];
            foreach (string document in documents.Concat(Directory.EnumerateFiles(Checkout.PathOf("bench"), "*.md", SearchOption.AllDirectories)
                .Except([Checkout.PathOf("bench/traces/README.md")])
                .Select(static path => Path.GetRelativePath(Checkout.Root, path)).Order(StringComparer.Ordinal)))
            {
                foreach (string command in CodeBlock.ReadAll(document, "sh").SelectMany(static block => block.Text.Replace("\\\n", "", StringComparison.Ordinal).Split('\n'))
                    .Where(static line => Simulate().IsMatch(line)))
                {
                    commands.Add(document, command[(command.IndexOf("simulate ", StringComparison.Ordinal))..]);
                }
            }

            return commands;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Command_CutShort_Runs(string document, string command)
    {
        using var folder = new TemporaryFolder();
        string[] args =
        [
            .. Argument().Matches(command).Select(match => Place(match.Value.Trim('\''), folder.Root)), "--requests", "40", "--parallel", "1",
        ];
        RootCommand root = [SimulateCommand.Create()];
        using var errors = new StringWriter();

        int exitCode = await CommandRunner.RunAsync(root, args, TextWriter.Null, errors, TestContext.Current.CancellationToken);

        Assert.True(exitCode == 0, $"{document}: {command}: {errors}");
    }

    [Fact]
    public void Documents_HaveSuchCommands() => Assert.InRange(Commands.Count, 8, 100);

    /// <summary>Files of the checkout are where they are, whatever the working directory; results go into a folder of their own.</summary>
    private static string Place(string argument, string folder) =>
        Path.Exists(Checkout.PathOf(argument)) ? Checkout.PathOf(argument)
        : argument is "report.html" or "report.json" ? Path.Combine(folder, argument)
        : argument;

    [GeneratedRegex(@"(?:llumnix|--) simulate ")]
    private static partial Regex Simulate();

    [GeneratedRegex(@"'[^']*'|[^\s']+")]
    private static partial Regex Argument();
}
