using Llumnix.Cli.Load;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Load;

public sealed class RequestTimelineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Latencies_FiveTokens_CountFromDue()
    {
        RequestTimeline timeline = New(maxTokens: 5);
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.True(timeline.OnTokens(1));
        _time.Advance(TimeSpan.FromMilliseconds(40));
        Assert.False(timeline.OnTokens(2));
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.False(timeline.OnTokens(2));
        _time.Advance(TimeSpan.FromMilliseconds(1000));

        Assert.Equal(5, timeline.Tokens);
        Assert.Equal(TimeSpan.FromMilliseconds(300), timeline.Ttft);
        Assert.Equal(TimeSpan.FromMilliseconds(25), timeline.Tpot);
        Assert.Equal(TimeSpan.FromMilliseconds(400), timeline.EndToEnd);
        Assert.Equal(TimeSpan.FromMilliseconds(1400), timeline.Age);
    }

    [Fact]
    public void OnTokens_BeyondThoseAskedFor_CountsAndMovesNothing()
    {
        RequestTimeline timeline = New(maxTokens: 2);
        timeline.OnTokens(1);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        timeline.OnTokens(1);
        _time.Advance(TimeSpan.FromMilliseconds(10));
        timeline.OnTokens(1);

        Assert.Equal((2, TimeSpan.FromMilliseconds(10)), (timeline.Tokens, timeline.Tpot));
    }

    [Fact]
    public void OnTokens_None_IsNoFirstToken() => Assert.False(New(maxTokens: 2).OnTokens(0));

    [Fact]
    public void OnUsage_MoreThanEvents_CountsTokensAndMovesNoTime()
    {
        RequestTimeline timeline = New(maxTokens: 9);
        Assert.False(timeline.OnUsage(0));
        timeline.OnTokens(1);
        _time.Advance(TimeSpan.FromMilliseconds(80));
        timeline.OnTokens(1);
        _time.Advance(TimeSpan.FromMilliseconds(1000));
        Assert.False(timeline.OnUsage(9));
        Assert.Equal((9, TimeSpan.FromMilliseconds(10)), (timeline.Tokens, timeline.Tpot));
        Assert.False(timeline.OnUsage(3));
        Assert.False(timeline.OnUsage(-1));
        Assert.False(timeline.OnUsage(50));
        Assert.Equal(9, timeline.Tokens);
    }

    [Fact]
    public void OnUsage_BeforeAnyText_IsTheFirstToken() => Assert.True(New(maxTokens: 2).OnUsage(1));

    [Fact]
    public void Tpot_OneToken_IsNone()
    {
        RequestTimeline timeline = New(maxTokens: 1);
        timeline.OnTokens(1);

        Assert.Null(timeline.Tpot);
    }

    private RequestTimeline New(int maxTokens) => new(_time, _time.GetTimestamp(), maxTokens);
}
