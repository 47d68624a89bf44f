using System.CommandLine;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Serve;

/// <summary>The options that say how long things are waited for.</summary>
internal sealed class TimeoutOptions
{
    private readonly Option<string> _wait =
        DurationOption.Create("--wait-scheduling-timeout", "How long a request waits for room in an engine.", "5s", TimeSpan.Zero);

    private readonly Option<string> _interval =
        DurationOption.Create("--wait-scheduling-retry-interval", "Longest time between two of its attempts.", "1s", DurationOption.Shortest);

    private readonly Option<string> _response = DurationOption.Create(
        "--engine-response-timeout", "How long an engine may take until it begins to answer.", "15m", DurationOption.Shortest);

    private readonly Option<string> _idle = DurationOption.Create(
        "--engine-idle-timeout", "How long nothing of an answer may move, neither from the engine nor to the client.", "5m", DurationOption.Shortest);

    private readonly Option<int> _drain = NumberOption.Create("--drain-timeout", "How long requests go on after SIGTERM, in seconds.", 300, 0, 86_400);

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_wait);
        command.Add(_interval);
        command.Add(_response);
        command.Add(_idle);
        command.Add(_drain);
    }

    /// <summary>Takes their values over.</summary>
    internal GatewayOptions Apply(ParseResult parsed, GatewayOptions options) => options with
    {
        WaitSchedulingTimeout = DurationOption.Read(parsed, _wait),
        WaitSchedulingRetryInterval = DurationOption.Read(parsed, _interval),
        ResponseTimeout = DurationOption.Read(parsed, _response),
        IdleTimeout = DurationOption.Read(parsed, _idle),
        DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(_drain)),
    };
}
