using System.Net;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Secrets;

namespace Llumnix.Server.Options;

/// <summary>The console and the admin API: whether they are there, where they listen, and who may use them.</summary>
public sealed record ConsoleOptions
{
    /// <summary>Whether the process has a console.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Address to listen on. One that other machines reach needs a token.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>TCP port to listen on, 0 to 65535; 0 takes any free port.</summary>
    public int Port { get; init; } = 8004;

    /// <summary>What callers must send in <c>Authorization</c>; empty leaves the console open to this machine, or to those whom the program names.</summary>
    public Secret Token { get; init; }

    /// <summary>What callers must send in <c>Authorization</c> to change something; empty: nobody may.</summary>
    public Secret OperatorToken { get; init; }

    /// <summary>How many decisions are kept, 2 or above.</summary>
    public int DecisionHistory { get; init; } = 10_000;

    /// <summary>How many decisions the scheduler records: none without a console.</summary>
    public int RecordedDecisions => IsEnabled ? DecisionHistory : 0;

    /// <summary>Its port, where there is a console.</summary>
    public IEnumerable<ListeningPort> ListeningPorts => IsEnabled ? [new ListeningPort("--console-port", Port, "--console-host", Host)] : [];

    /// <summary>Whether only this machine reaches it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out IPAddress? address) && IPAddress.IsLoopback(address));
}
