using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Probes;

/// <summary>
/// Probes the instances whose statuses have stopped, each once in a second, and tells the fleet what it found. A refused connection counts at once;
/// <see cref="FailuresInARow"/> other failures in a row count as one. Nothing is kept of an instance whose status changes again.
/// </summary>
/// <remarks>No probe waits for another one to end, so that addresses that do not answer delay nothing but themselves.</remarks>
/// <param name="fleet">The fleet.</param>
/// <param name="probe">Probes an address.</param>
/// <param name="silence">An instance whose status has not changed for so long is probed.</param>
/// <param name="time">The clock.</param>
public sealed class SilentInstanceProber(IProbedFleet fleet, IAddressProbe probe, TimeSpan silence, TimeProvider time)
{
    /// <summary>How many probes without an answer, or with 5xx, count as a refused connection.</summary>
    public const int FailuresInARow = 3;

    /// <summary>Time between the beginnings of two probes of an address. The longest time of a probe, too.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Time between two looks for instances to probe.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Bounds: probes that begin with one look, and probes at a time. Of more addresses those are probed first that have been due for longest.</summary>
    internal const int ProbesPerLook = 50;
    private const int ParallelProbes = 256;

    private readonly long[] _probes = new long[Enum.GetValues<ProbeOutcome>().Length];
    private readonly Lock _gate = new();
    private readonly List<Task> _running = [];
    private Dictionary<(string Host, int Port), SilentAddress> _silent = [];

    /// <summary>Raised after the fleet was told what a probe has found. Handlers are quick and throw nothing.</summary>
    public event Action? Found;

    /// <summary>Probes so far, by outcome.</summary>
    public long Probes(ProbeOutcome outcome) => Interlocked.Read(ref _probes[(int)outcome]);

    /// <summary>Probes until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LookInterval, time, cancellationToken);
                await Task.WhenAll(_running.Where(static running => running.IsCompleted));
                _running.RemoveAll(static running => running.IsCompleted);
                _running.AddRange(StartDue(ParallelProbes - _running.Count, cancellationToken));
            }
        }
        finally
        {
            await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Begins the probes that are due.</summary>
    /// <param name="most">How many at most; <see cref="ProbesPerLook"/> bounds them, too.</param>
    /// <param name="cancellationToken">Ends them.</param>
    internal IReadOnlyList<Task> StartDue(int most, CancellationToken cancellationToken)
    {
        IReadOnlyList<SilentInstance> silent = fleet.FindSilent(silence);
        if (silent.Count == 0)
        {
            _silent.Clear();
            return [];
        }

        long now = time.GetTimestamp();
        var known = new Dictionary<(string, int), SilentAddress>();
        foreach (SilentInstance instance in silent)
        {
            // The ranks of a deployment share an address, and one probe.
            (string, int) key = (instance.Address.Host, instance.Address.Port);
            if (!known.TryGetValue(key, out SilentAddress? address))
            {
                known[key] = address = _silent.GetValueOrDefault(key) ?? new SilentAddress(now);
                address.Instances = [];
            }

            address.Instances.Add(instance);
        }

        _silent = known;
        SilentAddress[] due = [.. known.Values.Where(address => address.DueAt <= now).OrderBy(static address => address.DueAt).Take(Math.Min(most, ProbesPerLook))];
        foreach (SilentAddress address in due)
        {
            address.DueAt = now + (long)(Interval.TotalSeconds * time.TimestampFrequency);
        }

        return [.. due.Select(address => ProbeAsync(address, address.Instances, cancellationToken))];
    }

    private async Task ProbeAsync(SilentAddress address, List<SilentInstance> instances, CancellationToken cancellationToken)
    {
        ProbeOutcome outcome = await probe.ProbeAsync(instances[0].Address, cancellationToken);
        Interlocked.Increment(ref _probes[(int)outcome]);
        if (outcome == ProbeOutcome.Unknown || !IsClear(address, outcome))
        {
            return;
        }

        foreach (SilentInstance instance in instances)
        {
            fleet.TakeProbe(instance, isReachable: outcome == ProbeOutcome.Answers);
        }

        Found?.Invoke();
    }

    private bool IsClear(SilentAddress address, ProbeOutcome outcome)
    {
        lock (_gate)
        {
            address.Failures = outcome == ProbeOutcome.Answers ? 0
                : outcome == ProbeOutcome.Refused ? FailuresInARow
                : Math.Min(FailuresInARow, address.Failures + 1);
            return address.Failures is 0 or FailuresInARow;
        }
    }

    /// <summary>An address whose instances are silent.</summary>
    private sealed class SilentAddress(long dueAt)
    {
        /// <summary>Timestamp of its next probe.</summary>
        internal long DueAt { get; set; } = dueAt;

        /// <summary>Probes in a row that failed.</summary>
        internal int Failures { get; set; }

        /// <summary>Its instances at the last look.</summary>
        internal List<SilentInstance> Instances { get; set; } = [];
    }
}
