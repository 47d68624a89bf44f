using Llumnix.Cli.Demo;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace Llumnix.Cli.Tests.Demo;

public sealed class DemoScreenTests : IDisposable
{
    private readonly StringWriter _text = new() { NewLine = "\n" };

    [Fact]
    public void Draw_Frame_ShowsInstancesRequestsAndProgress()
    {
        NewConsole(canRedraw: false).Write(DemoView.Draw(DemoSamples.Frame()));

        Assert.Equal(
            """

              instance   address          running   waiting   KV use   in flight   health
            ───────────────────────────────────────────────────────────────────────────────
              engine-1   127.0.0.1:9001         3         0      13%           1   ok
              engine-2   [::1]:9002            12         4      98%           0   stale


              sent   open   failed   req/s   TTFT p50 ms   p99 ms   TPOT p50 ms   p99 ms
            ──────────────────────────────────────────────────────────────────────────────
                82      7        1     5.3          80.3    210.5             -        -

              [##########..............................] 26%  0:15 of 1:00  load-balance (1 of 2)
            """,
            string.Join('\n', _text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd())));
    }

    [Fact]
    public void Draw_EnginesOfTypesAndMigrations_HaveTheirColumns()
    {
        DemoFrame frame = DemoSamples.Frame();
        NewConsole(canRedraw: false).Write(DemoView.Draw(frame with { Instances = [frame.Instances[0] with { Type = "prefill", MigratedOut = 7 }, frame.Instances[1]] }));
        string text = _text.ToString();
        Assert.Contains("type", text, StringComparison.Ordinal);
        Assert.Contains("prefill", text, StringComparison.Ordinal);
        Assert.Contains("migrated", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_NotInteractive_WritesALastLine()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        Task showing = new DemoScreen(NewConsole(canRedraw: false), time).ShowAsync(DemoSamples.Frame, stop.Token);
        Assert.Equal("", _text.ToString());
        await stop.CancelAsync();
        await showing;

        Assert.Equal(DemoLine.Format(DemoSamples.Frame()) + "\n", _text.ToString());
    }

    [Fact]
    public async Task ShowAsync_NotInteractive_WritesALineEachSecond()
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        using var captured = new SemaphoreSlim(0);
        Task showing = new DemoScreen(NewConsole(canRedraw: false), time).ShowAsync(
            () =>
            {
                captured.Release();
                return DemoSamples.Frame();
            },
            stop.Token);
        time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal(0, captured.CurrentCount);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await captured.WaitAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await showing;

        Assert.Equal(2, _text.ToString().Count(character => character == '\n'));
    }

    [Fact]
    public async Task ShowAsync_Interactive_RedrawsTheTables()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await new DemoScreen(NewConsole(canRedraw: true), new FakeTimeProvider()).ShowAsync(DemoSamples.Frame, stop.Token);

        Assert.Contains("127.0.0.1:9001", _text.ToString());
        Assert.DoesNotContain("load-balance (1 of 2): sent", _text.ToString());
    }

    public void Dispose() => _text.Dispose();

    private IAnsiConsole NewConsole(bool canRedraw)
    {
        IAnsiConsole console = AnsiConsole.Create(new()
        {
            Ansi = canRedraw ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = canRedraw ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(_text),
        });
        console.Profile.Width = 100;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
