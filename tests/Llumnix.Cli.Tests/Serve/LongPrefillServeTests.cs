using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Serve;

/// <summary><c>llumnix serve</c> while an engine computes a long prompt in chunks.</summary>
public sealed class LongPrefillServeTests
{
    /// <summary>An engine counts a prompt when it is computed, so that the ledger holds it until then.</summary>
    [Fact]
    public async Task Read_FirstChunkIsDone_ThePromptIsStillAhead()
    {
        var latency = new SecondChunkStuck();
        EngineHost engines = await EngineHost.StartAsync(
            new EngineHostOptions
            {
                Engines = [new EmulatedEngineOptions { Engine = new EngineConfiguration { MaxBatchedTokens = 16, Latency = latency } }],
            },
            TestContext.Current.CancellationToken);
        await using EmulatedServe serve = await EmulatedServe.StartAsync(engines, new ServeSettings
        {
            Engines = [new ListedEngine("127.0.0.1", engines.Engines[0].Port)], Gateway = new GatewayOptions { Port = 0 },
        });
        await serve.UntilAllAreReadAsync();
        string prompt = string.Join(' ', Enumerable.Repeat("word", 200));
        Task<HttpResponseMessage> asking = serve.PostAsync("/v1/completions", $$"""{"prompt":"{{prompt}}","max_tokens":2,"stream":true}""");
        await latency.SecondChunk.WaitAsync(Eventually.Limit, TestContext.Current.CancellationToken);
        // The reading after the next one was asked for after the chunk.
        await UntilNextReadingAsync(serve);
        await UntilNextReadingAsync(serve);
        InstanceSnapshot seen = Assert.Single(serve.Host.ClusterSnapshot().Instances);
        Assert.Equal(0, seen.Status.Reading!.PrefilledTokensTotal);
        Assert.InRange(seen.Dispatched.UncomputedPrefillTokens, 100, long.MaxValue);
        Assert.False(asking.IsCompleted);
    }

    private static Task UntilNextReadingAsync(EmulatedServe serve)
    {
        long askedAt = AskedAt(serve);
        return Eventually.TrueAsync(() => AskedAt(serve) > askedAt);
    }

    private static long AskedAt(EmulatedServe serve) => serve.Host.ClusterSnapshot().Instances[0].Status.Reading?.AskedAt ?? 0;

    /// <summary>The first chunk is quick, the second one takes longer than any test.</summary>
    private sealed class SecondChunkStuck : IStepLatencyModel
    {
        private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _chunks;

        public Task SecondChunk => _second.Task;

        public TimeSpan Prefill(int tokens)
        {
            if (Interlocked.Increment(ref _chunks) == 1)
            {
                return TimeSpan.FromMilliseconds(1);
            }

            _second.TrySetResult();
            return TimeSpan.FromHours(1);
        }

        public TimeSpan Decode(int batch, long kvTokens) => TimeSpan.FromMilliseconds(1);
    }
}
