using Llumnix.Gateway.Health;
using Llumnix.Testing.Logging;

namespace Llumnix.Gateway.Tests.Health;

/// <summary>One line when an endpoint begins to fail, and one when it answers again.</summary>
public sealed class EndpointOutagesTests
{
    private static readonly Uri First = new("https://first.example/v1");
    private static readonly Uri Second = new("https://second.example/v1");

    [Fact]
    public void OnFailed_AgainAndAgain_IsOneLineForEachEndpoint()
    {
        var logger = new RecordingLogger<EndpointOutages>();
        var outages = new EndpointOutages(logger);
        outages.OnAnswered(First);
        for (int i = 0; i < 100; i++)
        {
            outages.OnFailed(First, "it answers 503");
            outages.OnFailed(Second, "it redirects");
        }

        outages.OnAnswered(First);
        outages.OnAnswered(First);
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

    [Fact]
    public void OnFailed_EverNewEndpoints_IsBounded()
    {
        var logger = new RecordingLogger<EndpointOutages>();
        var outages = new EndpointOutages(logger);
        for (int i = 0; i < 5000; i++)
        {
            outages.OnFailed(new Uri($"http://h{i}"), "it answers 503");
        }

        Assert.Equal(1024, logger.Lines.Count);
    }
}
