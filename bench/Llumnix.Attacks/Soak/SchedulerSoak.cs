using Llumnix.Scheduling.Requests;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Attacks.Soak;

/// <summary>A scheduler in one mode under traffic whose messages get lost, repeated and reordered, in a fleet that never stays the same.</summary>
internal abstract class SchedulerSoak
{
    private const int StepsPerTick = 64;
    private const int StepsPerChurn = 1000;
    private const int MessagesUnderWay = 512;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private long _steps;

    protected SchedulerSoak(int seed)
    {
        Random = new Random(seed);
        Releases = new Messages<(string Id, ReleasedInstance Instance)>(Random, MessagesUnderWay);
    }

    /// <summary>Its name.</summary>
    internal abstract string Name { get; }

    /// <summary>Requests that were placed.</summary>
    internal long Placed { get; private set; }

    /// <summary>What the scheduler accounts for now: entries, and instances.</summary>
    internal abstract (int Entries, int Instances) Size { get; }

    /// <summary>Who has asked for the request at hand.</summary>
    protected string Gateway { get; set; } = "";

    protected Random Random { get; }

    protected FakeTimeProvider Time { get; } = new();

    protected Messages<(string Id, ReleasedInstance Instance)> Releases { get; }

    /// <summary>One request, and what happens meanwhile.</summary>
    internal void Step()
    {
        if (_steps % StepsPerChurn == 0)
        {
            Churn();
        }

        if (_steps % StepsPerTick == 0)
        {
            Time.Advance(Tick);
            Refresh();
        }

        string id = $"request-{(Random.Next(50) == 0 ? Random.NextInt64(Math.Max(0, _steps - 500), _steps + 1) : _steps)}";
        _steps++;
        if (Request(id, out Placement placement) == ScheduleOutcome.Placed)
        {
            Placed++;
            Send(id, placement.First);
            if (placement.Second is { } second)
            {
                Send(id, second);
            }
        }

        for (int i = 0; i < 2 && Releases.TryReceive(out (string Id, ReleasedInstance Instance) release); i++)
        {
            Release(release.Id, release.Instance);
        }
    }

    /// <summary>Lets everything come to its end: gateways go, time passes.</summary>
    /// <returns>What is still accounted for; null when it is nothing.</returns>
    internal abstract string? End();

    protected abstract ScheduleOutcome Request(string id, out Placement placement);

    protected abstract void Release(string id, in ReleasedInstance instance);

    /// <summary>Engines and gateways tell how they are.</summary>
    protected abstract void Refresh();

    /// <summary>Somebody joins, leaves, or starts again.</summary>
    protected abstract void Churn();

    /// <summary>The request is sent to an instance.</summary>
    protected virtual void Send(string id, in PlacedInstance placed) => Releases.Send(
        (id, new ReleasedInstance(
            placed.Instance.Host, placed.Instance.Port, placed.Role, placed.Instance.WireId, placed.Instance.Version, GatewayId: Gateway)));
}
