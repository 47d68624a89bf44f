using Llumnix.Adapters.EngineSignals;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.EngineSignals;

public sealed class EngineOutagesTests
{
    private readonly FakeTimeProvider _time = new();

    /// <summary>An engine that starts refuses connections; what it answers a moment later is what somebody has to do something about.</summary>
    [Fact]
    public void Fails_RefusedAndThenAnAnswerThatTellsNothing_BothAreLogged()
    {
        var outages = new EngineOutages(_time);
        Assert.True(outages.Fails(EngineReadFailure.Connection, "connection refused"));
        Assert.False(outages.Fails(EngineReadFailure.Connection, "connection refused"));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(outages.Fails(EngineReadFailure.Denied, "status 401"));
        Assert.False(outages.Fails(EngineReadFailure.Status, "status 500"));
    }

    [Fact]
    public void Answers_AfterEitherKindOfFailure_IsLoggedOnce()
    {
        var outages = new EngineOutages(_time);
        outages.Answers();
        Assert.False(outages.Answers());
        outages.Fails(EngineReadFailure.Connection, "connection refused");
        Assert.True(outages.Answers());
        Assert.False(outages.Answers());
        outages.Fails(EngineReadFailure.Timeout, "no answer");
        Assert.True(outages.Answers());
    }
}
