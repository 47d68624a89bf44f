using Llumnix.Adapters.Liveness;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Liveness;

public sealed class LossGuardTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(25);
    private readonly FakeTimeProvider _time = new();
    private readonly LossGuard _guard;

    public LossGuardTests() => _guard = new LossGuard(Window, _time);

    [Fact]
    public void Judge_OneAfterTheOtherGone_NoLoss()
    {
        for (int known = 5; known > 0; known--)
        {
            Assert.False(Judge(known, missing: 1));
        }

        Assert.Equal((false, false), (_guard.IsKeeping, _guard.HasLostAll));
    }

    [Fact]
    public void Judge_SeveralGoneAtOnce_KeptForTheWindow()
    {
        Assert.True(Judge(known: 2, missing: 2));
        Assert.Equal((true, true, Window), (_guard.IsKeeping, _guard.HasLostAll, _guard.Remaining));
        _time.Advance(Window - TimeSpan.FromSeconds(1));
        Assert.False(Judge(known: 2, missing: 2));
        Assert.True(_guard.IsKeeping);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Judge(known: 2, missing: 2));
        Assert.Equal((false, false), (_guard.IsKeeping, _guard.HasLostAll));
    }

    /// <summary>
    /// A read after a flush finds statuses again, which are written every second, but of nobody everything. Where one instance keeps everything,
    /// the others were taken down.
    /// </summary>
    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(4, 4, true)]
    [InlineData(4, 3, false)]
    [InlineData(16, 16, true)]
    [InlineData(16, 15, false)]
    [InlineData(1, 1, false)]
    public void Judge_PartsGoneOfAllAtOnce_IsAFlush(int known, int incomplete, bool isFlush)
    {
        Assert.Equal(isFlush, Judge(known, missing: 0, incomplete, present: known));
        Assert.Equal((isFlush, false), (_guard.IsKeeping, _guard.HasLostAll));
    }

    /// <summary>Engines that were drained wrote nothing before their keys went: the silence goes on, and prolongs nothing.</summary>
    [Fact]
    public void Judge_QuietAfterAFlush_TheWindowEndsAllTheSame()
    {
        Assert.True(Judge(known: 2, missing: 2));
        _time.Advance(Window - TimeSpan.FromSeconds(1));
        Assert.False(Judge(known: 2, missing: 2, isQuiet: true));
        Assert.True(_guard.ArePromptWritersDue(TimeSpan.FromSeconds(5)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Judge(known: 2, missing: 2, isQuiet: true));
        Assert.False(_guard.IsKeeping);
    }

    [Fact]
    public void Judge_AnotherStoreThatStaysEmpty_KeptUntilTheWindowAfterTheFirstIsBack()
    {
        Judge(known: 1, missing: 0);
        Assert.True(Judge(known: 1, missing: 1, store: "other"));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(Judge(known: 1, missing: 1, store: "other"));
        Assert.Equal((true, true), (_guard.IsKeeping, _guard.HasLostAll));

        Judge(known: 2, missing: 1, present: 1, store: "other");
        Assert.Equal((true, false), (_guard.IsKeeping, _guard.HasLostAll));
        _time.Advance(Window);
        Judge(known: 2, missing: 1, present: 1, store: "other");
        Assert.False(_guard.IsKeeping);
    }

    [Fact]
    public void Judge_IncompleteWhileNobodyWrites_KeptUntilTheWindowAfterSomebodyDoes()
    {
        Assert.True(Judge(known: 3, missing: 0, incomplete: 1, present: 3, isQuiet: true));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(Judge(known: 3, missing: 2, incomplete: 2, present: 1, isQuiet: true));
        Assert.Equal((true, false), (_guard.IsKeeping, _guard.HasLostAll));
        _time.Advance(Window - TimeSpan.FromSeconds(1));
        Assert.False(Judge(known: 3, missing: 2, present: 1));
        Assert.True(_guard.IsKeeping);
        _time.Advance(TimeSpan.FromSeconds(1));
        Judge(known: 3, missing: 2, present: 1);
        Assert.False(_guard.IsKeeping);
    }

    [Fact]
    public void Judge_UnknownStore_IsNoOtherStore()
    {
        Judge(known: 1, missing: 0, store: null);
        Assert.False(Judge(known: 1, missing: 1, store: null));
        Assert.False(Judge(known: 1, missing: 1, store: "first"));
        Assert.False(Judge(known: 1, missing: 1, store: null));
        Assert.True(Judge(known: 1, missing: 1, store: "second"));
    }

    [Fact]
    public void Judge_NothingWasKnown_NothingIsLost()
    {
        Judge(known: 0, missing: 0);
        Assert.False(Judge(known: 0, missing: 0, store: "other", isQuiet: true));
        Assert.False(_guard.HasLostAll);
    }

    private bool Judge(int known, int missing, int? incomplete = null, int present = 0, string? store = "store", bool isQuiet = false) =>
        _guard.Judge(new StoreContents(store, known, missing, incomplete ?? missing, present, isQuiet));
}
