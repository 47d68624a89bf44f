using System.Globalization;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Server.Fleet;

/// <summary>
/// Logs how the fleet changes: each second a line per instance that joined, left, went out or came back, or one line for all instances to which the same
/// has happened, where these are more than <see cref="LinesPerChange"/>.
/// </summary>
/// <param name="capture">Gives the instances as they are; called once in a second.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="stalenessFlag">The flag of the staleness limit.</param>
/// <param name="findNoneReachable">
/// Says that no instance can be reached, why, and what follows, in a sentence that stands for a line of each; null, or giving null: there is no such sentence.
/// </param>
internal sealed class FleetWatch(
    Func<IReadOnlyList<InstanceState>> capture,
    TimeProvider time,
    ILogger<FleetWatch> logger,
    string stalenessFlag = "--instance-staleness-seconds",
    Func<string?>? findNoneReachable = null)
{
    /// <summary>Largest number of lines about the same change; with more instances there is one line for all of them, which names as many.</summary>
    internal const int LinesPerChange = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly FleetChanges _changes = new();
    private bool _isNoneReachableTold;

    private volatile bool _areUnreachableTried;

    /// <summary>Logs changes until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            Look();
        }
    }

    /// <summary>Says that no instance can be reached while requests are placed there, as of the last look; null where that is not so.</summary>
    internal string? FindWarning() => _areUnreachableTried ? "nothing answers at the address of any instance; requests are still placed there" : null;

    /// <summary>Logs the changes since the last call.</summary>
    internal void Look()
    {
        IReadOnlyList<InstanceState> fleet = capture();
        bool isNoneReachable = fleet.Count > 0 && fleet.All(static instance => instance.IsUnreachable);
        _areUnreachableTried = isNoneReachable && fleet.Any(static instance => instance.Health == InstanceHealth.Ok || instance.IsLastResort);
        string whyKept = isNoneReachable ? "no instance answers" : "no more may be out (--max-unreachable-percent)";
        string? sentence = isNoneReachable ? findNoneReachable?.Invoke() : null;
        foreach (IGrouping<FleetChange, InstanceAddress> alike in _changes.Look(fleet).GroupBy(static c => c.Change, static c => c.Instance))
        {
            if (alike.Key == FleetChange.UnreachableKept && sentence is not null && !_isNoneReachableTold)
            {
                FleetLog.NoneReachable(logger, char.ToUpperInvariant(sentence[0]) + sentence[1..]);
                _isNoneReachableTold = true;
                continue;
            }

            InstanceAddress[] instances = [.. alike];
            if (instances.Length > LinesPerChange)
            {
                string names = string.Join(", ", instances.Take(LinesPerChange).Select(Describe));
                Log(alike.Key, string.Create(CultureInfo.InvariantCulture, $"{instances.Length} instances, such as {names},"), whyKept);
                continue;
            }

            foreach (InstanceAddress instance in instances)
            {
                Log(alike.Key, $"Instance {Describe(instance)}", whyKept);
            }
        }

        _isNoneReachableTold &= isNoneReachable;
    }

    private static string Describe(InstanceAddress instance) =>
        string.Create(CultureInfo.InvariantCulture, $"{instance.InstanceId} ({(instance.Host.Contains(':') ? $"[{instance.Host.Trim('[', ']')}]" : instance.Host)}:{instance.Port})");

    private void Log(FleetChange change, string who, string whyKept)
    {
        switch (change)
        {
            case FleetChange.Joined:
                FleetLog.Joined(logger, who);
                break;
            case FleetChange.Left:
                FleetLog.Left(logger, who);
                break;
            case FleetChange.Back:
                FleetLog.Back(logger, who);
                break;
            case FleetChange.Unschedulable:
                FleetLog.Unschedulable(logger, who);
                break;
            case FleetChange.Stale:
                FleetLog.Stale(logger, who, stalenessFlag);
                break;
            case FleetChange.StaleKept:
                FleetLog.StaleKept(logger, who, stalenessFlag);
                break;
            case FleetChange.Failover:
                FleetLog.Failover(logger, who);
                break;
            case FleetChange.Unreachable:
                FleetLog.Unreachable(logger, who);
                break;
            default:
                FleetLog.UnreachableKept(logger, who, whyKept);
                break;
        }
    }
}
