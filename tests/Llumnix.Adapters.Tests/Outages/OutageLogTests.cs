using Llumnix.Adapters.Outages;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Outages;

public sealed class OutageLogTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly OutageLog _log;

    public OutageLogTests() => _log = new OutageLog(_clock);

    [Fact]
    public void Fails_TextsThatAlternate_AreALineInAWhile()
    {
        int lines = 0;
        for (int i = 0; i < 600; i++)
        {
            lines += _log.Fails(i % 2 == 0 ? "no answer" : "refused") ? 1 : 0;
            _clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        Assert.Equal(10, lines);
    }

    [Fact]
    public void Fails_TheSameForHours_IsOneLine()
    {
        Assert.True(_log.Fails("no answer"));
        _clock.Advance(TimeSpan.FromHours(5));
        Assert.False(_log.Fails("no answer"));
        Assert.True(_log.Answers());
        Assert.False(_log.Answers());
    }

    [Fact]
    public void Fails_ServiceComesAndGoes_BothAreToldOnceInAWhile()
    {
        int lines = 0;
        for (int i = 0; i < 120; i++)
        {
            lines += (_log.Fails("no answer") ? 1 : 0) + (_log.Answers() ? 1 : 0);
            _clock.Advance(TimeSpan.FromSeconds(0.5));
        }

        Assert.Equal(4, lines);
    }

    [Fact]
    public void Fails_NextOutageSoonAfterTheLast_IsToldWhenItLasts()
    {
        _log.Fails("no answer");
        Assert.True(_log.Answers());

        Assert.False(_log.Fails("no answer"));
        _clock.Advance(OutageLog.Quiet);

        Assert.True(_log.Fails("no answer"));
        Assert.True(_log.Answers());
    }
}
