using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Probes;

/// <summary>
/// Probes the instances whose statuses have stopped, once in a second, and tells the fleet what it found. A refused connection counts at once;
/// <see cref="FailuresInARow"/> other failures in a row count as one. Nothing is kept of an instance whose status changes again.
/// </summary>
/// <param name="fleet">The fleet.</param>
/// <param name="probe">Probes an address.</param>
/// <param name="silence">An instance whose status has not changed for so long is probed.</param>
/// <param name="time">The clock.</param>
public sealed class SilentInstanceProber(IProbedFleet fleet, IAddressProbe probe, TimeSpan silence, TimeProvider time)
{
    /// <summary>How many probes without an answer, or with 5xx, count as a refused connection.</summary>
    public const int FailuresInARow = 3;

    /// <summary>Bounds of a round: probes at a time, and addresses; more are probed in the rounds after it.</summary>
    private const int ParallelProbes = 64;
    private const int AddressesPerRound = 512;

    /// <summary>Time between the ends of two rounds. The longest time of a probe, too.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly long[] _probes = new long[Enum.GetValues<ProbeOutcome>().Length];
    private Dictionary<(string Host, int Port), int> _failures = [];
    private int _next;

    /// <summary>Probes so far, by outcome.</summary>
    public long Probes(ProbeOutcome outcome) => Interlocked.Read(ref _probes[(int)outcome]);

    /// <summary>Probes until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            await ProbeOnceAsync(cancellationToken);
        }
    }

    /// <summary>One round.</summary>
    internal async Task ProbeOnceAsync(CancellationToken cancellationToken)
    {
        // The ranks of a deployment share an address, and one probe.
        IGrouping<(string, int), SilentInstance>[] addresses = [.. fleet.FindSilent(silence).GroupBy(static silent => (silent.Address.Host, silent.Address.Port))];
        _failures = addresses.Where(address => _failures.ContainsKey(address.Key)).ToDictionary(static address => address.Key, address => _failures[address.Key]);
        int count = Math.Min(addresses.Length, AddressesPerRound);
        int first = addresses.Length == 0 ? 0 : _next % addresses.Length;
        _next = first + count;
        IEnumerable<IGrouping<(string, int), SilentInstance>> round = Enumerable.Range(first, count).Select(i => addresses[i % addresses.Length]);
        await Parallel.ForEachAsync(
            round,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelProbes, CancellationToken = cancellationToken },
            async (address, cancellation) => Take(address, await probe.ProbeAsync(address.First().Address, cancellation)));
    }

    private void Take(IGrouping<(string, int), SilentInstance> address, ProbeOutcome outcome)
    {
        Interlocked.Increment(ref _probes[(int)outcome]);
        if (outcome == ProbeOutcome.Unknown || !IsClear(address.Key, outcome))
        {
            return;
        }

        foreach (SilentInstance instance in address)
        {
            fleet.TakeProbe(instance, isReachable: outcome == ProbeOutcome.Answers);
        }
    }

    private bool IsClear((string, int) address, ProbeOutcome outcome)
    {
        lock (_probes)
        {
            if (outcome == ProbeOutcome.Answers)
            {
                _failures.Remove(address);
                return true;
            }

            int failures = outcome == ProbeOutcome.Refused ? FailuresInARow : Math.Min(FailuresInARow, _failures.GetValueOrDefault(address) + 1);
            _failures[address] = failures;
            return failures == FailuresInARow;
        }
    }
}
