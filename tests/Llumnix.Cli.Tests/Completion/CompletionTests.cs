using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Commands;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Llumlet;
using Llumnix.Cli.Serve;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Tests.Completion;

/// <summary>The shells' scripts, in the shells, with the built command.</summary>
public sealed class CompletionTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string[]> Lines => new()
    {
        { "llumnix sched", "scheduler", ["scheduler"] },
        { "llumnix ", "all commands", ["serve", "gateway", "gateway-key", "llumlet", "scheduler", "rescheduler", "validate-config", "engine", "demo", "profile", "explain", "drain", "simulate", "top", "completion"] },
        { "llumnix scheduler --scheduling-p", "a flag", ["--scheduling-policy"] },
        { "llumnix rescheduler --rescheduling-i", "a flag", ["--rescheduling-interval-ms"] },
        { "llumnix serve --prefill", "a flag", ["--prefill-engines"] },
        { "llumnix gateway --wait-scheduling-t", "a flag", ["--wait-scheduling-timeout"] },
        { "llumnix llumlet --advertised-p", "a flag", ["--advertised-port"] },
        { "llumnix validate-config rescheduler --rescheduling-i", "a flag", ["--rescheduling-interval-ms"] },
        { "llumnix validate-config gateway --max-queue", "a flag", ["--max-queue-size"] },
        { "llumnix scheduler --port 8090 --llm-backend-discovery etc", "a choice", ["etcd"] },
        { "llumnix simulate --arr", "a flag", ["--arrivals"] },
        { "llumnix completion z", "a shell", ["zsh"] },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Bash_ALine_OffersWhatFits(string line, string what, string[] offered) => Check(what, offered, await RunAsync(
        "bash",
        """
        source <(llumnix completion bash)
        COMP_LINE=$1; COMP_POINT=${#COMP_LINE}
        read -ra COMP_WORDS <<<"$COMP_LINE"; case $COMP_LINE in *' ') COMP_WORDS+=("");; esac
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _llumnix
        printf '%s\n' "${COMPREPLY[@]}"
        """,
        line));

    /// <summary>The completion system runs in a line editor only: compadd and compdef are stood in for.</summary>
    [Theory]
    [InlineData("llumnix sched", "scheduler")]
    [InlineData("llumnix scheduler --scheduling-p", "--scheduling-policy")]
    [InlineData("llumnix scheduler --port 8090 --llm-backend-discovery etc", "etcd")]
    public async Task Zsh_ALine_OffersWhatFits(string line, string offered) => Check("zsh", [offered], await RunAsync(
        "zsh",
        """
        compdef() { : }
        compadd() { shift; local candidate; for candidate in "$@"; do [[ $candidate == ${words[CURRENT]}* ]] && print -r -- $candidate; done; true }
        source <(llumnix completion zsh)
        words=("${(@s: :)1}"); CURRENT=${#words}
        _llumnix
        """,
        line));

    [Fact]
    public void Commands_OfProgramsWithTables_HaveTheirFlags()
    {
        RootCommand root = Root.Create();
        (string Name, OptionTable Table)[] programs =
        [
            ("scheduler", SchedulerOptionsParser.Flags), ("rescheduler", SchedulerOptionsParser.Flags), ("serve", ServeOptionTable.Instance),
            ("gateway", GatewayOptionTable.Instance), ("llumlet", LlumletOptionTable.Instance), ("validate-config", SchedulerOptionsParser.Flags),
        ];
        Assert.All(programs, program => Assert.Empty(program.Table.Definitions
            .Where(static row => row is { IsIgnored: false, Refusal: null, Name: not "help" })
            .Select(static row => row.Flag)
            .Except(root.Subcommands.Single(command => command.Name == program.Name).Options.Select(static option => option.Name))));
    }

    [Theory]
    [InlineData("scheduler --scheduling-policy ", "load-balance", "slo")]
    [InlineData("scheduler --failover-domain node", "node", "node-unit")]
    [InlineData("scheduler --dispatch-neutral-load-metric prefill_tokens", "prefill_tokens_and_requests")]
    [InlineData("rescheduler --rescheduling-decode-load-metric kv", "kv_cache_usage_ratio_projected")]
    [InlineData("rescheduler --rescheduling-policies ", "neutral_load", "decode_failover")]
    [InlineData("rescheduler --rescheduling-policies neutral_failover,neutral_l", "neutral_failover,neutral_load")]
    [InlineData("gateway --scheduling-policy ", "load-balance", "round-robin")]
    [InlineData("gateway --scheduling-policy r", "round-robin")]
    [InlineData("simulate --profile ", "h20-qwen3-32b-estimate")]
    [InlineData("simulate --workload ", "azure-conversation", "conversations", "shared-prefix")]
    [InlineData("simulate --arrivals ", "trace", "poisson", "bursty", "diurnal")]
    [InlineData("simulate --compare ", "round-robin", "power-of-two", "load-balance", "slo")]
    [InlineData("simulate --mode ", "neutral", "pd_batch", "pd_staged")]
    [InlineData("top --sort ", "waiting", "kv")]
    [InlineData("explain --mode ", "neutral", "pd_batch", "pd_staged")]
    [InlineData("explain --mode pd_staged --stage ", "prefill", "decode")]
    [InlineData("drain --wait=x --scope ", "instance", "node", "unit", "label")]
    public void Values_OfFlagsThatNameSomething_AreOffered(string line, params string[] expected)
    {
        string[] offered = Complete(line);
        Assert.Empty(expected.Except(offered));
        Assert.DoesNotContain(offered, static text => text.Any(char.IsAsciiLetterUpper));
    }

    /// <summary>Whatever has been typed so far: a flag whose value is missing, is empty, or is of another kind.</summary>
    [Theory]
    [InlineData("{0} ")]
    [InlineData("{0}=")]
    [InlineData("{0} x ")]
    [InlineData("{0}=x ")]
    [InlineData("{0} --")]
    public async Task Suggest_LineThatIsNotComplete_PrintsNoError(string typed)
    {
        RootCommand root = Root.Create();
        foreach (Command command in root.Subcommands)
        {
            foreach (Option option in command.Options.Where(static option => option is not HelpOption))
            {
                string line = $"llumnix {command.Name} {string.Format(System.Globalization.CultureInfo.InvariantCulture, typed, option.Name)}";
                (int exitCode, string errors) = await SuggestAsync(root, line);
                Assert.True((exitCode, errors) == (0, ""), $"{line}: {exitCode} {errors}");
            }
        }
    }

    [Fact]
    public async Task Suggest_CommandThatThrows_PrintsNoError()
    {
        var command = new Command("fragile");
        command.Validators.Add(static _ => throw new InvalidOperationException("thrown"));
        Assert.Equal((1, ""), await SuggestAsync(new RootCommand { command }, "llumnix fragile "));
    }

    /// <summary>The gateway has no slo: schedulers decide that.</summary>
    [Fact]
    public void Gateway_SchedulingPolicy_IsOfferedNoPolicyOfTheScheduler() => Assert.DoesNotContain("slo", Complete("gateway --scheduling-policy "));

    [Theory]
    [InlineData("")]
    [InlineData("simulate ")]
    [InlineData("top ")]
    public void Help_OnThisSystem_HasItsOwnFormsAlone(string line)
    {
        string[] offered = Complete(line);
        Assert.Contains("--help", offered);
        Assert.Equal(OperatingSystem.IsWindows(), offered.Contains("/h"));
        Assert.Equal(OperatingSystem.IsWindows(), offered.Contains("/?"));
    }

    private static async Task<(int ExitCode, string Errors)> SuggestAsync(RootCommand root, string line)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        int exitCode = await CommandRunner.RunAsync(root, [FormattableString.Invariant($"[suggest:{line.Length}]"), line], output, errors, Cancellation);
        return (exitCode, errors.ToString());
    }

    private static string[] Complete(string line) => [.. Root.Create().Parse(line).GetCompletions(line.Length).Select(static item => item.Label)];

    private static void Check(string what, string[] offered, string output) =>
        Assert.True(offered.Order().SequenceEqual(Offered(output, offered[0])),
            $"{what}: {output}");

    /// <summary>What a shell offers; without the flags of the root where commands are asked for.</summary>
    private static IEnumerable<string> Offered(string output, string first) => output
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(word => first[0] == '-' || char.IsAsciiLetter(word[0]))
        .Order();

    private static async Task<string> RunAsync(string shell, string script, string line)
    {
        var start = new ProcessStartInfo(shell, ["-c", script, shell, line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{start.Environment["PATH"]}";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(Cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        Assert.Equal("", await errors);
        return output;
    }
}
