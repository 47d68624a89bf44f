using Llumnix.LoadGenerator;
using Llumnix.Testing.Servers;

namespace Llumnix.Attacks.Harness;

/// <summary>Where an attack takes place: a real Redis with a fleet that is kept fresh. Everything in it is gone at dispose.</summary>
internal sealed class Scene : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Stack<IAsyncDisposable> _parts = new();
    private Task _fleet = Task.CompletedTask;

    private Scene(RedisServer redis, Scale scale)
    {
        (Redis, Scale, StorePort) = (redis, scale, redis.Port);
        Port = FreePort.Find(1)[0];
    }

    internal RedisServer Redis { get; }

    internal Scale Scale { get; }

    /// <summary>Where the scheduler looks for its store; an attack may put itself in between.</summary>
    internal int StorePort { get; set; }

    /// <summary>Where the scheduler listens.</summary>
    internal int Port { get; }

    /// <summary>How the attacker was answered.</summary>
    internal Answers Answers { get; } = new();

    /// <summary>What good clients see during the attack; those of the attack's own add to it.</summary>
    internal ClientFigures Good { get; set; } = new();

    /// <summary>Starts Redis and fills it.</summary>
    internal static async Task<Scene> OpenAsync(FleetKind fleet, int llumletPort, Scale scale)
    {
        var scene = new Scene(await RedisServer.StartAsync(), scale);
        var filled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int port = scene.Redis.Port;
        scene._fleet = fleet.IsFullMode
            ? CmsFleet.RunAsync(
                port, fleet.Instances, TimeSpan.FromSeconds(1), fleet.IsDisaggregated, llumletPort, () => filled.TrySetResult(), scene._end.Token)
            : PodFleet.RunAsync(port, fleet.Instances, () => filled.TrySetResult(), scene._end.Token);
        await Task.WhenAny(filled.Task, scene._fleet).Unwrap();
        return scene;
    }

    /// <summary>Has something disposed of together with the scene.</summary>
    internal void Add(IAsyncDisposable part) => _parts.Push(part);

    /// <summary>What an attack has added.</summary>
    internal TPart Get<TPart>() => _parts.OfType<TPart>().Single();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _fleet.ContinueWith(static _ => { }, TaskScheduler.Default);
        while (_parts.TryPop(out IAsyncDisposable? part))
        {
            await part.DisposeAsync();
        }

        await Redis.DisposeAsync();
        _end.Dispose();
    }
}
