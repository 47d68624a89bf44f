using Llumnix.Gateway.Health;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Health;

/// <summary>One line when an endpoint begins to fail, and one when it answers again; no more than that in 30 s.</summary>
public sealed class EndpointOutagesTests
{
    private static readonly Uri First = new("https://first.example/v1");
    private static readonly Uri Second = new("https://second.example/v1");

    [Fact]
    public void OnFailed_AgainAndAgain_IsOneLineForEachEndpoint()
    {
        var time = new FakeTimeProvider();
        var logger = new RecordingLogger<EndpointOutages>();
        var outages = new EndpointOutages(time, logger);
        outages.OnAnswered(First);
        for (int i = 0; i < 100; i++)
        {
            outages.OnFailed(First, "it answers 503");
            outages.OnFailed(Second, "it redirects");
        }

        outages.OnAnswered(First);
        outages.OnAnswered(First);
        time.Advance(TimeSpan.FromSeconds(30));
        outages.OnFailed(First, "it breaks off its answers");
        Assert.Equal(
            [
                "Warning: The endpoint https://first.example/v1 fails: it answers 503",
                "Warning: The endpoint https://second.example/v1 fails: it redirects",
                "Information: The endpoint https://first.example/v1 answers again",
                "Warning: The endpoint https://first.example/v1 fails: it breaks off its answers",
            ],
            logger.Lines);
    }

    /// <summary>One that fails every other request would otherwise write two lines for each of them.</summary>
    [Fact]
    public void OnFailed_BetweenAnswers_IsTwoLinesInThirtySeconds()
    {
        var time = new FakeTimeProvider();
        var logger = new RecordingLogger<EndpointOutages>();
        var outages = new EndpointOutages(time, logger);
        for (int second = 0; second < 60; second++)
        {
            outages.OnFailed(First, "it answers 503");
            outages.OnAnswered(First);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(4, logger.Lines.Count);
    }

    [Fact]
    public void OnFailed_ManyThatAnswerAgain_MakeRoomForAnother()
    {
        var logger = new RecordingLogger<EndpointOutages>();
        var outages = new EndpointOutages(new FakeTimeProvider(), logger);
        for (int i = 0; i < 1024; i++)
        {
            outages.OnFailed(new Uri($"http://h{i}"), "it answers 503");
            outages.OnAnswered(new Uri($"http://h{i}"));
        }

        outages.OnFailed(First, "it answers 503");
        Assert.Equal("Warning: The endpoint https://first.example/v1 fails: it answers 503", logger.Lines.Last());
    }

    [Fact]
    public void OnFailed_EverNewEndpoints_IsBounded()
    {
        var time = new FakeTimeProvider();
        var logger = new RecordingLogger<EndpointOutages>();
        var outages = new EndpointOutages(time, logger);
        for (int i = 0; i < 5000; i++)
        {
            outages.OnFailed(new Uri($"http://h{i}"), "it answers 503");
        }

        Assert.Equal(1024, logger.Lines.Count);
    }
}
