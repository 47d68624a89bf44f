using System.CommandLine;
using System.Net;
using Llumnix.Adapters.Profiles;
using Llumnix.Cli.Commands;
using Llumnix.EngineEmulator;
using static Llumnix.Cli.Engines.EngineFlags;

namespace Llumnix.Cli.Engines;

/// <summary>What the options of <c>llumnix engine</c> have to do with each other, with the files that they name and with the environment.</summary>
internal static class EngineFlagRules
{
    private static readonly IReadOnlyList<CommandRule> Rules =
    [
        new([Port, Count], FindMissingPort),
        new(
            [Ranks, InferType],
            static p => p.GetValue(Ranks) > 1 && (p.GetValue(InferType) != "neutral" || CommandRule.IsGiven(p, CmsRedis)),
            "--data-parallel-size above 1 is for plain engines: neutral ones without --cms-redis"),
        new([], static p => CommandRule.IsGiven(p, DiscoveryRedis) && CommandRule.IsGiven(p, DiscoveryEtcd), "--discovery-redis and --discovery-etcd exclude each other"),
        new([], static p => CommandRule.IsGiven(p, PrefillTable) != CommandRule.IsGiven(p, DecodeTable), $"{PrefillTable.Name} and {DecodeTable.Name} go together"),
        new([PrefillTable], static p => FindInTable(p, PrefillTable, ProfilingTables.FindProblemsOfPrefill)),
        new([DecodeTable], static p => FindInTable(p, DecodeTable, ProfilingTables.FindProblemsOfDecode)),
    ];

    /// <summary>What is wrong with a command line and the environment, a line for each.</summary>
    internal static IEnumerable<string> FindProblems(ParseResult parsed)
    {
        var environment = new List<string>();
        EngineEnvironment.Read(Environment.GetEnvironmentVariable, environment);
        return [.. CommandRule.FindProblems(Rules, parsed), .. environment];
    }

    private static string? FindMissingPort(ParseResult parsed) => parsed.GetValue(Port) + parsed.GetValue(Count) - 1 > IPEndPoint.MaxPort
        ? FormattableString.Invariant($"--port must leave a port, up to {IPEndPoint.MaxPort}, for each engine ({parsed.GetValue(Count)}), not {parsed.GetValue(Port)}")
        : null;

    private static string? FindInTable(ParseResult parsed, Option<string?> option, Func<string, IReadOnlyList<string>> findProblems) =>
        parsed.GetValue(option) is { } path && findProblems(path) is { Count: > 0 } problems ? string.Join('\n', problems.Select(problem => $"{option.Name}: {problem}")) : null;
}
