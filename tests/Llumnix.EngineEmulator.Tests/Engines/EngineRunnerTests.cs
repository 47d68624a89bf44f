using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.EngineEmulator.Tests.Engines;

public sealed class EngineRunnerTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    [InlineData(1.7)]
    public async Task RunAsync_TimersAreLate_StepsKeepTheirPaceOnAverage(double lateness)
    {
        var time = new LateTimeProvider(TimeSpan.FromMilliseconds(lateness));
        using var stopping = new CancellationTokenSource();
        using var runner = new EngineRunner(new EngineConfiguration { Latency = new PolynomialLatencyModel { DecodeBase = 4.8 } }, time);
        using var stream = new TokenStream("a", capacity: 2000);
        DateTimeOffset start = time.GetUtcNow();
        runner.Add(new EngineRequest { Id = "a", PromptTokens = 1, OutputTokens = 1001, Context = stream });
        Task running = runner.RunAsync(stopping.Token);
        await foreach (StepEvent _ in stream.Events.ReadAllAsync(TestContext.Current.CancellationToken))
        {
        }

        // 1000 decodes of 4.8 ms; the last one may come up to 1 ms early or be late itself.
        Assert.InRange((time.GetUtcNow() - start).TotalMilliseconds, 4799, 4803);
        await stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunAsync_ReaderTooSlow_AbortsThatRequestOnly()
    {
        var time = new LateTimeProvider(TimeSpan.Zero);
        using var stopping = new CancellationTokenSource();
        using var runner = new EngineRunner(new EngineConfiguration(), time);
        using var slow = new TokenStream("slow", capacity: 10);
        using var quick = new TokenStream("quick", capacity: 100);
        runner.Add(new EngineRequest { Id = "slow", PromptTokens = 1, OutputTokens = 50, Context = slow });
        runner.Add(new EngineRequest { Id = "quick", PromptTokens = 1, OutputTokens = 50, Context = quick });
        Task running = runner.RunAsync(stopping.Token);

        int tokens = 0;
        await foreach (StepEvent stepEvent in quick.Events.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            tokens = stepEvent.OutputTokens;
        }

        await Eventually.TrueAsync(() => slow.Broken.IsCancellationRequested);
        Assert.Equal(50, tokens);
        Assert.Equal(10, slow.Events.Count);
        Assert.False(quick.Broken.IsCancellationRequested);
        Assert.Equal((0, 0), (runner.Status().RunningRequestCount, runner.Status().UsedGpuTokens));
        await stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunAsync_Cancelled_BreaksStreamsAndTakesNothingMore()
    {
        using var stopping = new CancellationTokenSource();
        using var runner = new EngineRunner(new EngineConfiguration { Latency = EngineHostBuilder.Stuck }, TimeProvider.System);
        using var stream = new TokenStream("a", capacity: 10);
        var request = new EngineRequest { Id = "a", PromptTokens = 1, OutputTokens = 50, Context = stream };
        runner.Add(request);
        Task running = runner.RunAsync(stopping.Token);
        await stopping.CancelAsync();
        await running.WaitAsync(Timeout, TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => stream.Broken.IsCancellationRequested);
        Assert.Null(runner.Add(new EngineRequest { Id = "b", PromptTokens = 1, OutputTokens = 1, Context = stream }));
    }

    /// <summary>As vLLM: what has been counted has been computed, so that the rest of a long prompt is known to be still ahead.</summary>
    [Fact]
    public async Task Counters_LongPrefillInChunks_CountThePromptWithItsFirstToken()
    {
        const int prompt = 64;
        var time = new FakeTimeProvider();
        using var stopping = new CancellationTokenSource();
        using var runner = new EngineRunner(
            new EngineConfiguration { MaxBatchedTokens = prompt / 4, Latency = new PolynomialLatencyModel { PrefillBase = 1000, DecodeBase = 1000 } }, time);
        using var stream = new TokenStream("a", capacity: 10);
        runner.Add(new EngineRequest { Id = "a", PromptTokens = prompt, OutputTokens = 5, Context = stream });
        Task running = runner.RunAsync(stopping.Token);
        var duringChunks = new List<long>();
        EngineCounters counters = default;
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            bool isChunkDone = runner.Histograms.StepTokens.Count > 0;
            counters = runner.Counters;
            if (isChunkDone && counters.GenerationTokens == 0)
            {
                duringChunks.Add(counters.PromptTokens);
            }

            return counters.GenerationTokens > 0;
        });
        Assert.NotEmpty(duringChunks);
        Assert.All(duringChunks, static tokens => Assert.Equal(0, tokens));
        Assert.Equal(prompt, counters.PromptTokens);
        await stopping.CancelAsync();
        await running;
    }

    [Fact]
    public async Task RunAsync_HeldKvExpires_WakesUpByItself()
    {
        var time = new LateTimeProvider(TimeSpan.Zero);
        using var stopping = new CancellationTokenSource();
        using var runner = new EngineRunner(new EngineConfiguration { AwaitingPullTimeout = TimeSpan.FromSeconds(5) }, time);
        using var stream = new TokenStream("a", capacity: 10);
        runner.Add(new EngineRequest { Id = "p", PromptTokens = 100, OutputTokens = 1, Role = Scheduling.Instances.InferType.Prefill, Context = stream });
        Task running = runner.RunAsync(stopping.Token);
        await Eventually.TrueAsync(() => runner.IsAwaitingPull("p"));
        Assert.Equal(112, runner.Status().UsedGpuTokens);

        // Whether or not the loop waits already, it sees the time once it does.
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return runner.Status().UsedGpuTokens == 0;
        });
        Assert.False(runner.IsAwaitingPull("p"));
        await stopping.CancelAsync();
        await running;
    }
}
