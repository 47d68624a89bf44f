using System.Text.Json;
using Llumnix.Cli.Top;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Spectre.Console;

namespace Llumnix.Cli.Tests.Top;

public sealed class TopViewTests
{
    [Fact]
    public void Draw_80Columns_TheImportantColumns() => Assert.Equal(
        """
        llumnix top  127.0.0.1:8003  full mode, load-balance  ready
        instances 2/3 ok  running 3  waiting 3  in flight 5  KV 1%
        last 5 s: requests 42  placed 40  held 1  refused 1  retries 2  TTFT p50 80 ms,…
        out: engine-001: its status has not changed for longer than the limit
        instance                 role       run  wait    KV flight age s health
        engine-000               prefill      0     0    0%      1   0.1 ok
        engine-001               decode       1     1    1%      1   1.1 stale
        engine-002               prefill      2     2    2%      1   2.1 ok

        request            outcome      instance         why
        chatcmpl-0002      placed       engine-000       the lowest all_prefills_tokens…
        chatcmpl-0001      placed       engine-000       the lowest all_prefills_tokens…
        chatcmpl-0000      held         -                the lowest all_prefills_tokens…
        """,
        string.Join('\n', Lines(TopSamples.State(3), 80, 24)));

    [Fact]
    public void Draw_NoInstanceCanBeReached_SaysThatRequestsAreStillTriedThere()
    {
        FleetAnswer fleet = TopSamples.Fleet(2);
        fleet = fleet with { Instances = [.. fleet.Instances.Select(static instance => instance with { Health = "stale", IsUnreachable = true })] };
        TopState state = TopSamples.State(2);
        state.Apply("fleet", JsonSerializer.Serialize(fleet, AdminJsonContext.Default.FleetAnswer));
        string[] lines = Lines(state, 80, 24);
        Assert.StartsWith("instances 0/2 ok", lines[1], StringComparison.Ordinal);
        Assert.Equal("no instance can be reached; requests are still tried there", lines[3]);
        Assert.All(lines[5..7], static line => Assert.EndsWith(" unreachable", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(80, 24, 0)]
    [InlineData(80, 24, 8)]
    [InlineData(80, 24, 1000)]
    [InlineData(200, 60, 0)]
    [InlineData(200, 60, 8)]
    [InlineData(200, 60, 1000)]
    [InlineData(40, 10, 8)]
    [InlineData(20, 5, 8)]
    public void Draw_AnySize_FillsNoMoreThanTheTerminal(int width, int height, int instances)
    {
        string[] lines = Lines(TopSamples.State(instances, decisions: 100), width, height);
        Assert.InRange(lines.Length, 4, Math.Max(6, height));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
    }

    [Fact]
    public void Draw_200Columns_TitlesAndNumbersOfAnInstance() => Assert.Equal(
        [
            "instance                 role     address               unit         node           run  wait    KV flight KV tokens prefill tok decode tok age s health",
            "engine-001               decode   10.0.0.1:8000         unit-1       node-1           1     1    1%      1      1000          10       1000   1.1 stale",
        ],
        ((string[])[.. Lines(TopSamples.State(3), 200, 60).Where(static line => line.StartsWith("instance ", StringComparison.Ordinal) || line.StartsWith("engine-001", StringComparison.Ordinal))]));

    /// <summary>Each width, in a fleet without units, nodes and tokens as that of <c>serve</c>, and in one with all of them.</summary>
    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(140)]
    [InlineData(160)]
    [InlineData(200)]
    public void Draw_AnyWidth_TheHealthOfAnInstanceIsShown(int width)
    {
        TopState plain = TopSamples.State(3);
        FleetAnswer fleet = TopSamples.Fleet(3);
        plain.Apply("fleet", JsonSerializer.Serialize(
            fleet with { Instances = [.. fleet.Instances.Select(static instance => instance with { Unit = "", Node = "", PrefillTokens = null })] }, AdminJsonContext.Default.FleetAnswer));
        foreach (TopState state in (TopState[])[plain, TopSamples.State(3)])
        {
            string[] lines = Lines(state, width, 60);
            Assert.EndsWith("health", Assert.Single(lines, static line => line.StartsWith("instance ", StringComparison.Ordinal)));
            Assert.EndsWith("stale", Assert.Single(lines, static line => line.StartsWith("engine-001", StringComparison.Ordinal)));
        }

        Assert.DoesNotContain(Lines(plain, width, 60), static line => line.Contains("unit", StringComparison.Ordinal) || line.Contains("node", StringComparison.Ordinal));
    }

    /// <summary>Instances get two thirds of the lines, decisions the rest; what is left out is counted.</summary>
    [Theory]
    [InlineData(80, 24, 12, 5)]
    [InlineData(200, 60, 36, 17)]
    public void Draw_MoreThanFits_FillsTheTerminalAndCountsTheRest(int width, int height, int instances, int decisions)
    {
        string[] lines = Lines(TopSamples.State(1000, decisions: 100), width, height);
        Assert.Equal(height, lines.Length);
        Assert.Equal(instances, lines.Count(static line => line.StartsWith("engine-", StringComparison.Ordinal)));
        Assert.Equal(FormattableString.Invariant($"... {1000 - instances} more instances"), lines[5 + instances]);
        Assert.StartsWith("request ", lines[6 + instances], StringComparison.Ordinal);
        Assert.Equal(decisions, lines.Count(static line => line.StartsWith("chatcmpl-", StringComparison.Ordinal)));
        Assert.StartsWith("chatcmpl-0099 ", lines[7 + instances], StringComparison.Ordinal);
    }

    [Fact]
    public void Draw_200Columns_MoreOfEachInstanceAndTheWholeReason()
    {
        string[] lines = Lines(TopSamples.State(1000, decisions: 100), 200, 60);
        Assert.Contains("10.0.0.7:8000", lines[5 + 7]);
        Assert.Contains("unit-1", lines[5 + 7]);
        Assert.Contains("node-1", lines[5 + 7]);
        Assert.Contains(lines, line => line.Contains("the lowest all_prefills_tokens_num of 8 candidates: 50, runner-up engine-001 100", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("more instances", StringComparison.Ordinal));
    }

    /// <summary>Clients choose the ids of requests.</summary>
    [Fact]
    public void Draw_IdsOfAnyCharacters_StayInTheirColumns()
    {
        var state = new TopState();
        FleetAnswer fleet = TopSamples.Fleet(1);
        state.Apply("fleet", JsonSerializer.Serialize(
            fleet with { Instances = [fleet.Instances[0] with { Id = "[red]\u001b[31m" + new string('模', 40) }] }, AdminJsonContext.Default.FleetAnswer));
        string line = Lines(state, 80, 24)[4];
        Assert.StartsWith("[red] [3…模模模模模模模…  ", line);
        Assert.EndsWith("ok", line);
    }

    [Fact]
    public void Draw_SortedByHealth_TheOnesThatGetNoRequestsFirst() =>
        Assert.StartsWith("engine-001", Lines(TopSamples.State(5), 80, 24, TopOrder.Health)[5]);

    [Fact]
    public void Draw_SortedByKv_TheFullestFirst() => Assert.StartsWith("engine-004", Lines(TopSamples.State(5), 80, 24, TopOrder.Kv)[5]);

    private static string[] Lines(TopState state, int width, int height, TopOrder order = TopOrder.Id)
    {
        using var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(TopView.Draw(state, "127.0.0.1:8003", order, width, height));
        return [.. text.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())];
    }
}
