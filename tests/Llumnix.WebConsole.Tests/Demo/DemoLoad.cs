using Llumnix.Cli.Load;
using Llumnix.Simulation.Workloads;

namespace Llumnix.WebConsole.Tests.Demo;

/// <summary>Clients of a gateway until disposal, with chats of very different lengths.</summary>
internal sealed class DemoLoad : IAsyncDisposable
{
    private const double RequestsPerSecond = 9;
    private const int Seed = 1;

    /// <summary>Longer than any test.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly GatewayLoad _load;
    private readonly Task _playing;

    internal DemoLoad(Uri gateway)
    {
        _load = new GatewayLoad(new GatewayLoadOptions(gateway), Statistics, TimeProvider.System);
        _playing = _load.PlayAsync(BuiltInWorkloads.AzureConversation.Generate(RequestsPerSecond, Length, Seed), _stop.Token);
    }

    /// <summary>What became of the requests.</summary>
    internal LoadStatistics Statistics { get; } = new(TimeProvider.System);

    /// <summary>Stops sending; requests under way are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _playing;
        _load.Dispose();
        _stop.Dispose();
    }
}
