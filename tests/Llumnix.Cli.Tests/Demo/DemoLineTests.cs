using Llumnix.Cli.Demo;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoLineTests
{
    [Fact]
    public void Format_Frame_IsOneLine() =>
        Assert.Equal(
            "0:15 of 1:00, load-balance (1 of 2): sent 82, open 7, failed 1, 5.3 req/s,"
            + " TTFT ms p50 80.3 p99 210.5, TPOT ms p50 - p99 -, running 3/12, waiting 0/4",
            DemoLine.Format(DemoSamples.Frame()));

    [Fact]
    public void Format_EngineThatIsGone_KeepsItsPlace()
    {
        DemoFrame frame = DemoSamples.Frame();
        frame = frame with { Instances = [frame.Instances[0] with { IsGone = true }, frame.Instances[1]] };

        Assert.EndsWith(", running -/12, waiting -/4", DemoLine.Format(frame), StringComparison.Ordinal);
    }

    [Fact]
    public void Format_AllRequestsAreSent_SaysThatItIsDraining()
    {
        DemoFrame frame = DemoSamples.Frame() with { Duration = TimeSpan.FromSeconds(11) };

        Assert.StartsWith("draining for 0:04, load-balance (1 of 2): sent 82", DemoLine.Format(frame), StringComparison.Ordinal);
    }
}
