using Llumnix.Adapters.Leases;

namespace Llumnix.Server.Tests.Draining;

/// <summary>A store of leases of which only the value is used. It answers at once, or fails.</summary>
internal sealed class DrainValueStore : ILeaseStore
{
    public bool IsSilent { get; set; }

    /// <summary>The epoch of the holder that may write.</summary>
    public long Epoch { get; set; } = 1;

    public byte[]? Value { get; set; }

    public int Writes { get; private set; }

    public Task<byte[]?> ReadValueAsync(string lease, string name, CancellationToken cancellationToken) =>
        IsSilent ? throw new LeaseStoreException("silent") : Task.FromResult(Value);

    public Task<bool> WriteValueAsync(string lease, string name, ReadOnlyMemory<byte> value, long epoch, CancellationToken cancellationToken)
    {
        if (IsSilent)
        {
            throw new LeaseStoreException("silent");
        }

        if (epoch != Epoch)
        {
            return Task.FromResult(false);
        }

        Value = value.ToArray();
        Writes++;
        return Task.FromResult(true);
    }

    public Task<LeaseRecord?> ReadAsync(string lease, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<LeaseRecord> AcquireAsync(
        string lease, LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ReleaseAsync(string lease, string holderId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
