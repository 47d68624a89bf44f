using System.Net;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Recording;

namespace Llumnix.Server.Options.Table;

/// <summary>The rows of the console's flags, for every program that has one.</summary>
public static class ConsoleRows
{
    /// <summary>Makes the rows.</summary>
    /// <typeparam name="TOptions">What the options are held in.</typeparam>
    /// <param name="get">Gets the console's options.</param>
    /// <param name="set">Returns the options with the console's replaced.</param>
    public static IReadOnlyList<OptionDefinition<TOptions>> Make<TOptions>(Func<TOptions, ConsoleOptions> get, Func<TOptions, ConsoleOptions, TOptions> set)
    {
        var group = new OptionGroup<TOptions, ConsoleOptions>("Console", get, set);
        return
        [
            group.Row("enable-console", OptionTypes.Boolean, "Serve the console (/console) and the admin API (/admin/...) on a port of their own, and record decisions for them.",
                g => g.IsEnabled, (g, v) => g with { IsEnabled = v }),
            group.Row("console-host", OptionTypes.ListenHost, "IP address that the console listens on, or localhost; one that other machines reach needs a token.",
                g => g.Host, (g, v) => g with { Host = v }),
            group.Row("console-port", OptionTypes.Integer(0, IPEndPoint.MaxPort), "Port that the console listens on; 0 takes any free one.",
                g => g.Port, (g, v) => g with { Port = v }),
            group.Row("console-token", OptionTypes.Token,
                "Token that callers of the admin API must send. Without it: the service token or the gateway's keys, or where there are none, callers on this machine.",
                g => g.Token, (g, v) => g with { Token = v }),
            group.SecretFileRow("console-token"),
            group.Row("console-operator-token", OptionTypes.Token, "Token of callers who may drain instances by the admin API; without it nobody may.",
                g => g.OperatorToken, (g, v) => g with { OperatorToken = v }),
            group.SecretFileRow("console-operator-token"),
            group.Row("decision-history", OptionTypes.Integer(DecisionHistory.MinCapacity, 1_000_000), "Decisions that the console can look back at.",
                g => g.DecisionHistory, (g, v) => g with { DecisionHistory = v }),
        ];
    }

    /// <summary>What is wrong with the console's options.</summary>
    /// <typeparam name="TOptions">What the options are held in.</typeparam>
    /// <param name="assigned">The options.</param>
    /// <param name="console">The console's options in them.</param>
    /// <param name="port">The port of the program itself.</param>
    /// <param name="hasReaders">Whether the program itself has tokens or keys, which the console asks for too.</param>
    public static IEnumerable<OptionProblem> FindErrors<TOptions>(AssignedOptions<TOptions> assigned, ConsoleOptions console, int port, bool hasReaders)
    {
        if (console is { IsEnabled: true, Port: > 0 } && console.Port == port)
        {
            yield return assigned.Problem("console-port", "must not be --port");
        }

        if (console is { IsEnabled: true, IsLoopback: false, Token.IsEmpty: true } && !hasReaders)
        {
            yield return assigned.Problem("console-host", "is reached by other machines, which needs --console-token or keys of the program");
        }
    }
}
