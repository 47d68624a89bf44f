using Llumnix.Scheduling.Draining;

namespace Llumnix.Server.Tests.Draining;

public sealed class DrainKeeperTests : IAsyncDisposable
{
    private readonly DrainValueStore _store = new();
    private readonly DrainReplica _leader;
    private readonly DrainReplica _follower;

    public DrainKeeperTests()
    {
        (_leader, _follower) = (new DrainReplica(_store), new DrainReplica(_store));
        _leader.LeadingEpoch = 1;
    }

    public async ValueTask DisposeAsync()
    {
        await _leader.Keeper.DisposeAsync();
        await _follower.Keeper.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Look_OfAFollower_TakesWhatTheLeaderHas()
    {
        Assert.True(await _leader.DrainAsync("a"));
        Assert.True(await _leader.DrainAsync("b"));
        Assert.False(await _follower.LookAsync());
        Assert.Equal(["a", "b"], _follower.Nodes);

        _leader.UndoDrain(new DrainSelector(DrainScope.Node, "a"));
        await _leader.LookAsync();
        await _follower.LookAsync();
        Assert.Equal(["b"], _follower.Nodes);
        Assert.Equal(3, _store.Writes);
        await _leader.LookAsync();
        Assert.Equal(3, _store.Writes);
    }

    [Fact]
    public async Task Open_OfANewLeader_HasTheDrainsOfTheOldOne()
    {
        await _leader.DrainAsync("a");
        (_follower.LeadingEpoch, _store.Epoch) = (2, 2);
        Assert.False(_follower.Keeper.IsOpen(2));
        await _follower.Keeper.OpenAsync(TestContext.Current.CancellationToken);
        Assert.True(_follower.Keeper.IsOpen(2));
        Assert.Equal(["a"], _follower.Nodes);
    }

    [Fact]
    public async Task Order_AtALeaderThatIsNone_IsVoid()
    {
        await _leader.DrainAsync("a");
        (_follower.LeadingEpoch, _store.Epoch) = (2, 2);
        await _follower.DrainAsync("b");

        _leader.Drain(new DrainSelector(DrainScope.Node, "c"));
        _leader.LeadingEpoch = null;
        Assert.False(await _leader.LookAsync());
        Assert.Equal(_follower.Nodes, _leader.Nodes);
    }

    [Fact]
    public async Task Open_StoreIsSilent_GoesOnAndAddsWhatItReadsLater()
    {
        await _leader.DrainAsync("a");
        (_follower.LeadingEpoch, _store.Epoch, _store.IsSilent) = (2, 2, true);
        await _follower.Keeper.OpenAsync(TestContext.Current.CancellationToken);
        Assert.True(_follower.Keeper.IsOpen(2));
        Assert.True(await _follower.DrainAsync("b"));

        _store.IsSilent = false;
        Assert.True(await _follower.LookAsync());
        Assert.Equal(["a", "b"], _follower.Nodes.Order());
        await _leader.LookAsync();
        _leader.LeadingEpoch = null;
        await _leader.LookAsync();
        Assert.Equal(["a", "b"], _leader.Nodes.Order());
    }

    [Fact]
    public async Task Order_WhileTheStoreIsSilent_IsWrittenWhenItIsBack()
    {
        await _leader.DrainAsync("a");
        byte[] before = _store.Value!;
        _store.IsSilent = true;
        Assert.True(await _leader.DrainAsync("b"));
        Assert.Equal(before, _store.Value);

        _store.IsSilent = false;
        Assert.True(await _leader.LookAsync());
        await _follower.LookAsync();
        Assert.Equal(["a", "b"], _follower.Nodes.Order());
    }

    [Fact]
    public async Task Store_ThatComesBackEmptyOrOlder_IsGivenTheDrains()
    {
        await _leader.DrainAsync("a");
        byte[] older = _store.Value!;
        await _leader.DrainAsync("b");
        (_leader.LeadingEpoch, _store.Epoch, _store.Value) = (2, 2, null);
        Assert.True(await _leader.LookAsync());
        await _follower.LookAsync();
        Assert.Equal(["a", "b"], _follower.Nodes.Order());

        (_leader.LeadingEpoch, _store.Epoch, _store.Value) = (3, 3, older);
        Assert.True(await _leader.LookAsync());
        await _follower.LookAsync();
        Assert.Equal(["a", "b"], _follower.Nodes.Order());
    }

    [Fact]
    public async Task Look_MalformedValue_LeavesTheDrains()
    {
        await _leader.DrainAsync("a");
        await _follower.LookAsync();
        _store.Value = [1];
        await _follower.LookAsync();
        Assert.Equal(["a"], _follower.Nodes);
        (_follower.LeadingEpoch, _store.Epoch) = (2, 2);
        await _follower.LookAsync();
        Assert.NotEqual([1], _store.Value);
    }
}
