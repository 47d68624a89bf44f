using Llumnix.Scheduling.Dispatch;

namespace Llumnix.Scheduling.Tests.Dispatch;

public sealed class DeferredRequestsTests
{
    [Fact]
    public void Add_Again_KeepsTheFirstMoment()
    {
        var held = new DeferredRequests(lifetime: 100);
        held.Add("a", 5);
        held.Add("a", 50);
        Assert.Equal(5, held.SinceOf("a"));
        Assert.Null(held.SinceOf("b"));
    }

    [Fact]
    public void Remove_AddedAgain_BeginsAfresh()
    {
        var held = new DeferredRequests(lifetime: 100);
        held.Add("a", 5);
        held.Remove("a");
        held.Add("a", 50);
        held.Expire(106);
        Assert.Equal(50, held.SinceOf("a"));
        held.Expire(150);
        Assert.Equal(50, held.SinceOf("a"));
        held.Expire(151);
        Assert.Equal(0, held.Count);
    }

    [Fact]
    public void Add_AboveTheCapacity_OldestMakesRoom()
    {
        var held = new DeferredRequests(lifetime: 100, capacity: 2);
        held.Add("a", 1);
        held.Add("b", 2);
        held.Add("c", 3);
        Assert.Null(held.SinceOf("a"));
        Assert.Equal((2, 3), (held.SinceOf("b"), held.SinceOf("c")));
    }
}
