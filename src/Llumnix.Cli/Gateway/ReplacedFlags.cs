namespace Llumnix.Cli.Gateway;

/// <summary>Flags of the Go gateway that this one does not have: some are refused, with what to do instead; others have nothing left to set.</summary>
internal static class ReplacedFlags
{
    private const string ByEngine = "the engines tokenize and apply chat templates here; leave it out";
    private const string ByParser = "the engines parse this here (vLLM has a flag of the same name); leave it out";
    private const string Batch = "the batch API is not built; run a batch client against /v1/chat/completions";
    private const string Fallback = "a fallback that answers 429 is followed by the next one; leave it out";

    private static readonly Dictionary<string, string> Advice = new(StringComparer.Ordinal)
    {
        ["tokenizer-name"] = ByEngine,
        ["tokenizer-path"] = ByEngine,
        ["chat-template"] = ByEngine,
        ["max-model-len"] = ByEngine,
        ["tool-call-parser"] = ByParser,
        ["reasoning-parser"] = ByParser,
        ["enable-log-input"] = "prompts are not logged; leave it out",
        ["enable-pprof"] = "use dotnet-trace; leave it out",
        ["extra-args"] = "give the flags themselves",
    };

    /// <summary>Accepted without effect.</summary>
    internal static IReadOnlyList<string> Ignored { get; } = ["enable-full-mode-scheduling", "wait-queue-threads", "wait-queue-interval", "logtostderr"];

    /// <summary>Why a command line cannot be used; null when no flag forbids it. A refused flag that is switched off or empty is no problem.</summary>
    internal static string? FindProblem(IReadOnlyList<string> args)
    {
        IEnumerable<string> problems =
            from arg in args
            where arg.StartsWith("--", StringComparison.Ordinal) && !IsOff(arg)
            let name = NameOf(arg)
            let advice = AdviceFor(name)
            where advice is not null
            select $"--{name}: {advice}";
        string text = string.Join(Environment.NewLine, problems.Distinct());
        return text.Length == 0 ? null : text;
    }

    /// <summary>A command line without refused flags that are switched off.</summary>
    internal static string[] WithoutOff(IReadOnlyList<string> args) =>
        [.. args.Where(static arg => !arg.StartsWith("--", StringComparison.Ordinal) || !IsOff(arg) || AdviceFor(NameOf(arg)) is null)];

    private static bool IsOff(string arg) => arg.EndsWith("=false", StringComparison.Ordinal) || arg.EndsWith('=') || arg.EndsWith("=0", StringComparison.Ordinal);

    private static string NameOf(string arg) => arg[2..].Split('=')[0].Replace('_', '-');

    private static string? AdviceFor(string name) =>
        Advice.GetValueOrDefault(name)
        ?? (name.StartsWith("batch-", StringComparison.Ordinal) ? Batch : name.StartsWith("fallback-retry-", StringComparison.Ordinal) ? Fallback : null);
}
