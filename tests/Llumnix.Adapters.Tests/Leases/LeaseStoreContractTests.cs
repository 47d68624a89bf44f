using Llumnix.Adapters.Leases;
using Llumnix.Testing.Polling;

namespace Llumnix.Adapters.Tests.Leases;

/// <summary>What every store of leases does. Each test has a lease of its own.</summary>
public abstract class LeaseStoreContractTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);
    private static readonly LeaseCandidate A = new("a-1", "http://10.0.0.1:8080");
    private static readonly LeaseCandidate B = new("b-1", "http://10.0.0.2:8080");
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    internal static string Lease => $"lease-{TestContext.Current.TestCase!.TestMethod!.MethodName.ToLowerInvariant().Replace('_', '-')}";

    internal ILeaseStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await MakeAsync();

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Lease_NeverHeld_IsRead_AsNull()
    {
        Assert.Null(await Store.ReadAsync(Lease, _cancel));
        Assert.Null(await Store.ReadValueAsync(Lease, "drains", _cancel));
    }

    [Fact]
    public async Task Acquire_Free_IsHeldForOthersToSee()
    {
        LeaseRecord own = await Store.AcquireAsync(Lease, A, Long, 0, _cancel);
        LeaseRecord other = await Store.AcquireAsync(Lease, B, Long, 0, _cancel);
        await using ILeaseStore another = await MakeAsync();
        LeaseRecord? seen = await another.ReadAsync(Lease, _cancel);

        Assert.Equal((A.Id, A.Address), (own.HolderId, own.Address));
        Assert.Equal((A.Id, A.Address, own.Epoch), (other.HolderId, other.Address, other.Epoch));
        Assert.Equal((A.Id, A.Address, own.Epoch), (seen!.HolderId, seen.Address, seen.Epoch));
        Assert.InRange(seen.Remaining, TimeSpan.FromMinutes(4), Long + Short);
    }

    [Fact]
    public async Task Acquire_Again_RenewsWithTheSameEpoch()
    {
        LeaseRecord first = await Store.AcquireAsync(Lease, A, Short * 20, 0, _cancel);
        LeaseRecord second = await Store.AcquireAsync(Lease, A, Short * 20, 0, _cancel);

        Assert.Equal(first.Epoch, second.Epoch);
    }

    // As after an acquisition whose answer was lost, or by a client that has connected anew.
    [Fact]
    public async Task Acquire_OwnThroughAnotherClient_RenewsIt()
    {
        LeaseRecord first = await Store.AcquireAsync(Lease, A, Long, 0, _cancel);
        await using ILeaseStore another = await MakeAsync();

        LeaseRecord second = await another.AcquireAsync(Lease, A, Long, 0, _cancel);

        Assert.Equal((A.Id, first.Epoch), (second.HolderId, second.Epoch));
    }

    [Fact]
    public async Task Acquire_AfterTheEnd_HasALargerEpoch()
    {
        LeaseRecord first = await Store.AcquireAsync(Lease, A, Short, 0, _cancel);
        await Eventually.TrueAsync(async () => await Store.ReadAsync(Lease, _cancel) is null);

        LeaseRecord second = await Store.AcquireAsync(Lease, B, Long, 0, _cancel);

        Assert.Equal(B.Id, second.HolderId);
        Assert.True(second.Epoch > first.Epoch);
    }

    [Fact]
    public async Task Acquire_AboveAnEpoch_IsAboveIt()
    {
        LeaseRecord record = await Store.AcquireAsync(Lease, A, Long, 41, _cancel);

        Assert.True(record.Epoch > 41);
    }

    [Fact]
    public async Task Acquire_KeyDeleted_HasALargerEpoch()
    {
        LeaseRecord first = await Store.AcquireAsync(Lease, A, Long, 0, _cancel);
        await DeleteAsync(Lease);
        Assert.Null(await Store.ReadAsync(Lease, _cancel));

        LeaseRecord second = await Store.AcquireAsync(Lease, A, Long, first.Epoch, _cancel);

        Assert.True(second.Epoch > first.Epoch);
    }

    [Fact]
    public async Task Release_Own_IsSeenAndFree()
    {
        LeaseRecord first = await Store.AcquireAsync(Lease, A, Long, 0, _cancel);
        await Store.ReleaseAsync(Lease, A.Id, _cancel);
        LeaseRecord? seen = await Store.ReadAsync(Lease, _cancel);
        LeaseRecord second = await Store.AcquireAsync(Lease, B, Long, 0, _cancel);

        Assert.Equal((false, first.Epoch), (seen!.IsHeld, seen.Epoch));
        Assert.Equal(B.Id, second.HolderId);
        Assert.True(second.Epoch > first.Epoch);
    }

    [Fact]
    public async Task Release_OfAnother_ChangesNothing()
    {
        await Store.AcquireAsync(Lease, A, Long, 0, _cancel);

        await Store.ReleaseAsync(Lease, B.Id, _cancel);

        Assert.Equal(A.Id, (await Store.ReadAsync(Lease, _cancel))!.HolderId);
    }

    [Fact]
    public async Task Acquire_ManyAtOnce_OneHolder()
    {
        ILeaseStore[] stores = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MakeAsync()));

        string[] holders = await Task.WhenAll(stores.Select((store, i) => HolderAsync(store, new LeaseCandidate($"c-{i}", ""))));

        Assert.Single(holders.Where(static holder => holder.Length > 0).Distinct());
        foreach (ILeaseStore store in stores)
        {
            await store.DisposeAsync();
        }
    }

    [Fact]
    public async Task Value_WrittenByTheHolder_OutlastsIt()
    {
        byte[] value = new byte[ILeaseStore.MaxValueBytes];
        new Random(1).NextBytes(value);
        LeaseRecord first = await Store.AcquireAsync(Lease, A, Long, 0, _cancel);

        Assert.True(await Store.WriteValueAsync(Lease, "drains", value, first.Epoch, _cancel));
        await Store.ReleaseAsync(Lease, A.Id, _cancel);

        Assert.Equal(value, await Store.ReadValueAsync(Lease, "drains", _cancel));
        LeaseRecord second = await Store.AcquireAsync(Lease, B, Long, 0, _cancel);
        Assert.False(await Store.WriteValueAsync(Lease, "drains", "late"u8.ToArray(), first.Epoch, _cancel));
        Assert.True(await Store.WriteValueAsync(Lease, "drains", "new"u8.ToArray(), second.Epoch, _cancel));
        Assert.Equal("new"u8.ToArray(), await Store.ReadValueAsync(Lease, "drains", _cancel));
    }

    [Fact]
    public async Task Value_TooLarge_IsRefused()
    {
        LeaseRecord record = await Store.AcquireAsync(Lease, A, Long, 0, _cancel);

        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => Store.WriteValueAsync(Lease, "drains", new byte[ILeaseStore.MaxValueBytes + 1], record.Epoch, _cancel));
    }

    [Fact]
    public async Task Calls_StoreNotThere_Fail()
    {
        await using ILeaseStore store = MakeUnreachable();

        await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(Lease, _cancel));
        await Assert.ThrowsAsync<LeaseStoreException>(() => store.AcquireAsync(Lease, A, Long, 0, _cancel));
    }

    [Fact]
    public async Task Calls_Cancelled_AreCancelled() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.ReadAsync(Lease, new CancellationToken(canceled: true)));

    internal abstract Task<ILeaseStore> MakeAsync();

    internal abstract ILeaseStore MakeUnreachable();

    internal abstract Task DeleteAsync(string lease);

    private static async Task<string> HolderAsync(ILeaseStore store, LeaseCandidate candidate)
    {
        try
        {
            return (await store.AcquireAsync(Lease, candidate, Long, 0, TestContext.Current.CancellationToken)).HolderId;
        }
        catch (LeaseStoreException)
        {
            // Too many changes at the same time; the candidate asks again in its next round.
            return "";
        }
    }
}
