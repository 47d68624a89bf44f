using Llumnix.Adapters.Leases;

namespace Llumnix.Adapters.Tests.Leases;

/// <summary>A store of leases on a clock of the test, with the faults of real ones. Each client sees it through <see cref="Client"/>.</summary>
/// <param name="clock">The clock.</param>
internal sealed class SimulatedLeaseStore(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, byte[]> _values = [];
    private LeaseCandidate? _holder;
    private long _epoch;
    private long _end;
    private bool _isReleased;

    /// <summary>The last epoch.</summary>
    public long Epoch => Interlocked.Read(ref _epoch);

    /// <summary>Whether no client reaches the store.</summary>
    public bool IsDown { get; set; }

    /// <summary>Deletes the lease's key, as an operator or a failover would.</summary>
    public void Delete()
    {
        lock (_lock)
        {
            (_holder, _isReleased) = (null, false);
        }
    }

    /// <summary>Makes a client.</summary>
    /// <param name="random">Draws delays and losses; null: every call is carried out and answered at once.</param>
    public Client Connect(Random? random = null) => new(this, random, clock);

    private LeaseRecord? Read()
    {
        lock (_lock)
        {
            if (_holder is not null && clock.GetTimestamp() >= _end)
            {
                (_holder, _isReleased) = (null, false);
            }

            return _holder is { } holder ? new LeaseRecord(holder.Id, holder.Address, _epoch, clock.GetElapsedTime(clock.GetTimestamp(), _end))
                : _isReleased ? new LeaseRecord("", "", _epoch, TimeSpan.Zero)
                : null;
        }
    }

    private LeaseRecord Acquire(LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch)
    {
        lock (_lock)
        {
            LeaseRecord? present = Read();
            if (present is { IsHeld: true } && present.HolderId != candidate.Id)
            {
                return present;
            }

            _epoch = present is { IsHeld: true } ? _epoch : Math.Max(_epoch, aboveEpoch) + 1;
            (_holder, _isReleased, _end) = (candidate, false, clock.GetTimestamp() + (long)(ttl.TotalSeconds * clock.TimestampFrequency));
            return Read()!;
        }
    }

    private void Release(string holderId)
    {
        lock (_lock)
        {
            if (_holder?.Id == holderId)
            {
                (_holder, _isReleased) = (null, true);
            }
        }
    }

    private bool Write(string name, byte[] value, long epoch)
    {
        lock (_lock)
        {
            if (Read() is not { IsHeld: true } holder || holder.Epoch != epoch)
            {
                return false;
            }

            _values[name] = value;
            return true;
        }
    }

    private byte[]? ReadValue(string name)
    {
        lock (_lock)
        {
            return _values.GetValueOrDefault(name);
        }
    }

    /// <summary>One client's way to the store.</summary>
    public sealed class Client(SimulatedLeaseStore store, Random? random, TimeProvider clock) : ILeaseStore
    {
        /// <summary>Whether this client does not reach the store.</summary>
        public bool IsCutOff { get; set; }

        /// <summary>Share of calls whose request or answer is lost or late, from 0 to 1.</summary>
        public double Trouble { get; set; }

        /// <inheritdoc/>
        public Task<LeaseRecord?> ReadAsync(string lease, CancellationToken cancellationToken) => CallAsync(store.Read, cancellationToken);

        /// <inheritdoc/>
        public Task<LeaseRecord> AcquireAsync(
            string lease, LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch, CancellationToken cancellationToken) =>
            CallAsync(() => store.Acquire(candidate, ttl, aboveEpoch), cancellationToken);

        /// <inheritdoc/>
        public Task ReleaseAsync(string lease, string holderId, CancellationToken cancellationToken) => CallAsync(
            () =>
            {
                store.Release(holderId);
                return true;
            },
            cancellationToken);

        /// <inheritdoc/>
        public Task<byte[]?> ReadValueAsync(string lease, string name, CancellationToken cancellationToken) =>
            CallAsync(() => store.ReadValue(name), cancellationToken);

        /// <inheritdoc/>
        public Task<bool> WriteValueAsync(
            string lease, string name, ReadOnlyMemory<byte> value, long epoch, CancellationToken cancellationToken) =>
            CallAsync(() => store.Write(name, value.ToArray(), epoch), cancellationToken);

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task<T> CallAsync<T>(Func<T> call, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await WayAsync(cancellationToken);
            ThrowIfNotReached();
            // Carried out, even when the answer does not arrive.
            T answer = call();
            await WayAsync(cancellationToken);
            ThrowIfNotReached();
            return answer;
        }

        private async Task WayAsync(CancellationToken cancellationToken)
        {
            if (random is null)
            {
                return;
            }

            bool isTroubled = random.NextDouble() < Trouble;
            // A late answer, or none: then the caller's own timeout ends the call.
            TimeSpan way = TimeSpan.FromMilliseconds(isTroubled ? random.Next(3000) : random.Next(5));
            if (isTroubled && random.Next(3) == 0)
            {
                throw new LeaseStoreException("the connection broke");
            }

            // Task.Delay would continue on another thread after a cancellation.
            var arrived = new TaskCompletionSource();
            await using ITimer timer = clock.CreateTimer(_ => arrived.TrySetResult(), null, way, Timeout.InfiniteTimeSpan);
            await using CancellationTokenRegistration cancelled = cancellationToken.Register(() => arrived.TrySetCanceled(cancellationToken));
            await arrived.Task;
        }

        private void ThrowIfNotReached()
        {
            if (IsCutOff || store.IsDown)
            {
                throw new LeaseStoreException("not reached");
            }
        }
    }
}
