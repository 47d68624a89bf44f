using Llumnix.Adapters.Leases;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Leases;

/// <summary>
/// Candidates for one lease on a clock of the test. All that happens, happens on the test's thread while the clock advances, so that a seed gives the same
/// course of events.
/// </summary>
internal sealed class LeaseFleet
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private long _epoch;

    /// <param name="count">Number of candidates.</param>
    /// <param name="random">Delays and losses; null: none.</param>
    public LeaseFleet(int count, Random? random = null)
    {
        Store = new SimulatedLeaseStore(Clock);
        Clients = [.. Enumerable.Range(0, count).Select(_ => Store.Connect(random))];
        Holders = [.. Clients.Select((client, i) => new LeaseHolder(
            client, new LeaseHolderOptions(), new LeaseCandidate($"c{i}", $"http://c{i}"), Clock, NullLogger.Instance, new Peers(this, i)))];
        IsApart = new bool[count];
    }

    public FakeTimeProvider Clock { get; } = new();

    public SimulatedLeaseStore Store { get; }

    public SimulatedLeaseStore.Client[] Clients { get; }

    public LeaseHolder[] Holders { get; }

    /// <summary>Whether a candidate is not reached by the other ones, and does not reach them.</summary>
    public bool[] IsApart { get; }

    /// <summary>The number of the candidate that leads; -1: none.</summary>
    public int Leader => Array.FindIndex(Holders, static holder => holder.IsLeading);

    /// <summary>Starts a candidate.</summary>
    public void Start(int number) => _ = RunAsync(Holders[number]);

    /// <summary>Lets time pass; at no time may two candidates lead, and no epoch may come back.</summary>
    public void Run(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            Clock.Advance(Step);
            LeaseHolder[] leading = [.. Holders.Where(static holder => holder.IsLeading)];
            Assert.True(leading.Length <= 1, $"{leading.Length} lead at once: {string.Join(", ", leading.Select(static holder => holder.Candidate.Id))}");
            if (leading.Length == 1)
            {
                Assert.True(leading[0].Epoch >= _epoch, $"epoch {leading[0].Epoch} after {_epoch}");
                _epoch = leading[0].Epoch;
            }
        }
    }

    // The loop of the holder without its pokes, which continue on other threads.
    private async Task RunAsync(LeaseHolder holder)
    {
        while (true)
        {
            TimeSpan pause = await holder.RunRoundAsync(CancellationToken.None);
            await Task.Delay(pause > Step ? pause : Step, Clock, CancellationToken.None);
        }
    }

    private sealed class Peers(LeaseFleet fleet, int own) : ILeasePeers
    {
        public bool HaveAllLostTheStore() => Others().All(i => !IsSplit(i) && fleet.Holders[i].View.StoreError is not null);

        public Task<bool> IsStillLeadingAsync(LeaseRecord holder, CancellationToken cancellationToken) =>
            Task.FromResult(Others().Any(i => !IsSplit(i) && fleet.Holders[i].Candidate.Id == holder.HolderId && fleet.Holders[i].IsLeading));

        private IEnumerable<int> Others() => Enumerable.Range(0, fleet.Holders.Length).Where(i => i != own);

        private bool IsSplit(int other) => fleet.IsApart[own] || fleet.IsApart[other];
    }
}
