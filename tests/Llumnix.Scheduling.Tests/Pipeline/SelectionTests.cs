using Llumnix.Scheduling.Pipeline;

namespace Llumnix.Scheduling.Tests.Pipeline;

public sealed class SelectionTests
{
    [Fact]
    public void None_DefaultOrNoSlot_SelectsNothing()
    {
        Assert.Equal((-1, true), (default(Selection).Slot, default(Selection).IsNone));
        Assert.True(Selection.At(-1).IsNone);
        Assert.True(Selection.Late(-1).IsNone);
    }

    [Fact]
    public void Slot_Zero_IsASelection()
    {
        Assert.Equal((0, false, false), (Selection.At(0).Slot, Selection.At(0).IsNone, Selection.At(0).IsLate));
        Assert.Equal((7, true), (Selection.Late(7).Slot, Selection.Late(7).IsLate));
    }
}
