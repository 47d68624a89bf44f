using Google.Protobuf;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Testing.Cms;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Cms;

public sealed class InstanceTableTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(25);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void CompletePoll_KeysGoneInTheSameRun_InstanceLeaves()
    {
        InstanceTable table = Table();

        Assert.Equal(["a"], Poll(table, "run1", "a"));
        Assert.Equal([], Poll(table, "run1"));
    }

    [Fact]
    public void CompletePoll_KeysGoneWithoutRunId_InstanceLeaves()
    {
        InstanceTable table = Table();

        Assert.Equal(["a"], Poll(table, null, "a"));
        Assert.Equal([], Poll(table, null));
    }

    [Fact]
    public void CompletePoll_KeysGoneInANewRun_InstancesStayUntilTheWindowAfterTheFirstIsBack()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");

        Assert.Equal(["a", "b"], Poll(table, "run2"));
        Assert.True(table.HasLostAll);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["a", "b"], Poll(table, "run2"));
        Assert.Equal(["a", "b"], Poll(table, "run2", "a"));
        Assert.False(table.HasLostAll);
        _clock.Advance(Window - TimeSpan.FromMilliseconds(1));
        Assert.Equal(["a", "b"], Poll(table, "run2", "a"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["a"], Poll(table, "run2", "a"));
    }

    [Fact]
    public void CompletePoll_AllGoneAtOnceAndOneComesBack_TheOtherLeavesAfterSeconds()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");

        Assert.Equal(["a", "b"], Poll(table, "run1"));
        _clock.Advance(TimeSpan.FromMilliseconds(4999));
        Assert.Equal(["a", "b"], Poll(table, "run1", "b"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["b"], Poll(table, "run1", "b"));
    }

    [Fact]
    public void CompletePoll_SeveralGoneAndNobodyComesBack_WereTakenOut()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");
        Poll(table, "run1");
        _clock.Advance(Window);
        Assert.Equal([], Poll(table, "run1"));
        Assert.False(table.HasLostAll);
    }

    [Fact]
    public void CompletePoll_TakenOutOneAfterTheOther_Leave()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b", "c");
        Assert.Equal(["b", "c"], Poll(table, "run1", "b", "c"));
        Assert.Equal(["c"], Poll(table, "run1", "c"));
        Assert.Equal([], Poll(table, "run1"));
    }

    /// <summary>A fleet of four of which three end in good order within one poll: nothing goes to them any more.</summary>
    [Fact]
    public void CompletePoll_AllButOneGoneAtOnce_Leave()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b", "c", "d");
        Assert.Equal(["d"], Poll(table, "run1", "d"));
    }

    [Fact]
    public void CompletePoll_AllGoneAtOnceAndNoStatusComesBack_LeaveAfterSeconds()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");
        Assert.Equal(["a", "b"], Poll(table, "run1"));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(["a", "b"], Poll(table, "run1"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Poll(table, "run1"));
    }

    /// <summary>After a flush the statuses are there again within a second, the metadata only at their next turn.</summary>
    [Fact]
    public void CompletePoll_MetadataOfAllGoneWhileStatusesAreThere_StayForTheWindow()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");
        foreach (TrackedInstance instance in table.Instances)
        {
            instance.Metadata.Update(default, instance.Id, 0);
        }

        Assert.Equal(["a", "b"], table.CompletePoll("run1").Select(static reading => reading.Metadata.InstanceId).Order());
        _clock.Advance(Window);
        Assert.Empty(table.CompletePoll("run1"));
    }

    /// <summary>Out of memory, MISCONF, a frozen replica: the keys of engines that live expire, one after the other.</summary>
    [Fact]
    public void CompletePoll_KeysExpireWhileNobodyCanWrite_StayUntilTheWindowAfterSomebodyDoes()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(["a", "b"], Poll(table, "run1", "b"));
        Assert.Equal(["a", "b"], Poll(table, "run1"));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["a", "b"], Poll(table, "run1"));

        Assert.Equal(["a", "b"], Poll(table, "run1", "b"));
        _clock.Advance(Window);
        Assert.Equal(["b"], Poll(table, "run1", "b"));
    }

    [Fact]
    public void CompletePoll_KeysCameBackAndGoAgain_InstanceLeavesWithinTheWindow()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");

        Assert.Equal(["a", "b"], Poll(table, "run2"));
        Assert.Equal(["a", "b"], Poll(table, "run2", "a"));
        Assert.Equal(["b"], Poll(table, "run2"));
    }

    [Fact]
    public void CompletePoll_NewRunThatKeptItsKeys_LaterLossIsTakenLiterally()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");

        Assert.Equal(["a", "b"], Poll(table, "run2", "a", "b"));
        Assert.Equal(["a"], Poll(table, "run2", "a"));
    }

    [Fact]
    public void CompletePoll_RestartedAgain_WindowStartsAgain()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a", "b");
        Poll(table, "run2", "b");
        _clock.Advance(Window - TimeSpan.FromSeconds(1));
        Poll(table, "run3", "b");
        _clock.Advance(Window - TimeSpan.FromSeconds(1));

        Assert.Equal(["a", "b"], Poll(table, "run3", "b"));
    }

    [Fact]
    public void List_MoreInstancesThanTheLimit_KeepsTheFirstAndTells()
    {
        InstanceTable table = Table(maxInstances: 2);

        Assert.Equal(["a", "b"], Poll(table, "run1", "a", "b", "c"));
        Assert.True(table.IsOverfull);
        Assert.Equal(["b"], Poll(table, "run1", "b"));
        Assert.False(table.IsOverfull);
        Assert.Equal(["b", "c"], Poll(table, "run1", "b", "c"));
    }

    [Fact]
    public void List_KeyTwiceInOnePoll_IsOneInstance() => Assert.Equal(["a"], Poll(Table(), "run1", "a", "a"));

    [Fact]
    public void Update_OversizeValue_KeepsTheGoodOneAndChangesOnce()
    {
        var value = new TrackedValue<Scheduling.Instances.InstanceStatus>(CmsKeys.Status("a"), StatusValue.Read, TimeProvider.System);
        Assert.True(value.Update(new StoredValue(CmsMessages.Status("a").ToByteArray()), "a", 0));
        var oversize = new StoredValue(null, IsTooLarge: true);

        Assert.True(value.Update(oversize, "a", 0));
        Assert.False(value.Update(oversize, "a", 0));
        Assert.Equal((CmsSkipReason.TooLarge, 1, true), (value.Skipped, value.Good!.UpdateId, value.IsPresent));

        Assert.True(value.Update(new StoredValue(CmsMessages.Status("a", updateId: 2).ToByteArray()), "a", 0));
        Assert.Equal((null, 2), (value.Skipped, value.Good!.UpdateId));
    }

    [Fact]
    public void NeedsMetadata_InstanceThatIsIn_OnlyInItsTurn()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a");
        TrackedInstance instance = Assert.Single(table.Instances);

        Assert.False(InstanceTable.NeedsMetadata(instance, isDue: false));
        Assert.True(InstanceTable.NeedsMetadata(instance, isDue: true));
        instance.Metadata.Update(default, "a", 0);
        Assert.True(InstanceTable.NeedsMetadata(instance, isDue: false));
    }

    [Fact]
    public void CompletePoll_NotListedButFound_Stays()
    {
        InstanceTable table = Table();
        Poll(table, "run1", "a");

        table.BeginListing();
        Assert.Equal(["a"], table.CompletePoll("run1").Select(reading => reading.Metadata.InstanceId));
    }

    private InstanceTable Table(int maxInstances = 100) => new(maxInstances, Window, _clock);

    /// <summary>One poll of a store that holds usable values of these instances; returns who is in.</summary>
    private static IEnumerable<string> Poll(InstanceTable table, string? runId, params string[] ids)
    {
        table.BeginListing();
        foreach (string id in ids)
        {
            table.List(CmsWriter.MetadataKey(id));
            table.List(CmsWriter.StatusKey(id));
        }

        table.CompleteListing();
        foreach (TrackedInstance instance in table.Instances)
        {
            bool isThere = ids.Contains(instance.Id);
            Update(table, instance.Status, isThere ? CmsMessages.Status(instance.Id).ToByteArray() : null, instance.Id);
            Update(table, instance.Metadata, isThere ? CmsMessages.Metadata(instance.Id).ToByteArray() : null, instance.Id);
        }

        return table.CompletePoll(runId).Select(reading => reading.Metadata.InstanceId).Order();
    }

    private static void Update<T>(InstanceTable table, TrackedValue<T> value, byte[]? bytes, string id)
        where T : class
    {
        bool isBack = value.IsAwaited && bytes is not null;
        if (value.Update(new StoredValue(bytes), id, 0) || isBack)
        {
            table.NoteChange();
        }
    }
}
