using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Workloads;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Simulation.Tests.Fleet;

public sealed class SimulatedKvMetadataTests
{
    private static readonly IReadOnlyList<RequestArrival> Prompts = SharedPrefixWorkload.Generate(10, TimeSpan.FromSeconds(60), seed: 4);

    /// <summary>The scheduler's own lookup, which hashes the prompts' tokens, over the same engines: the same hits after as many questions.</summary>
    [Theory]
    [InlineData(256, 64, false)]
    [InlineData(256, 5, false)]
    [InlineData(512, 3, true)]
    [InlineData(384, 4, true)]
    [InlineData(1000, 64, false)]
    public async Task Ask_EnginesThatHoldPartOfIt_AnswersAsTheRealLookupFinds(int chunkSize, int batchKeys, bool unfull)
    {
        var clock = new VirtualClock();
        var engines = new SimulatedEngine[4];
        for (int i = 0; i < engines.Length; i++)
        {
            engines[i] = new SimulatedEngine(i, new EngineConfiguration { TokensPerContentId = 512, KvCapacityTokens = 60_000 }, clock.Now, clock.GetUtcNow());
        }

        for (int i = 0; i < Prompts.Count / 2; i++)
        {
            Prefill(engines[i % engines.Length].Model, Prompts[i]);
        }

        var options = new PrefixLookupOptions
        {
            BatchKeys = batchKeys, ChunkKeys = new ChunkKeyOptions { ChunkSize = chunkSize, IncludesUnfullChunk = unfull },
        };
        var simulated = new SimulatedKvMetadata(options, engines, clock);
        var store = new Store(options.ChunkKeys, engines);
        await using var real = new PrefixHitLookup(options, store, TimeProvider.System, NullLogger<PrefixHitLookup>.Instance);
        int longest = 0;
        for (int i = 0; i < Prompts.Count; i++)
        {
            store.Learn(Prompts[i]);
            PrefixHits expected = (await real.FindAsync(PromptTokens.Of(Prompts[i]), TestContext.Current.CancellationToken))!;
            PrefixLookup lookup = simulated.Begin(new RequestRun(i, Prompts[i]));
            while (!lookup.IsComplete)
            {
                simulated.Ask(lookup, TimeSpan.Zero);
                simulated.EndQuestion(lookup);
            }

            Assert.Equal(HitsOf(expected, engines, Prompts[i]), HitsOf(lookup.Hits!, engines, Prompts[i]));
            Assert.Equal(store.TakeQuestions(), lookup.Questions);
            longest = Math.Max(longest, expected.Longest);
        }

        Assert.InRange(longest, 3000, 7000);
    }

    private static int[] HitsOf(PrefixHits hits, SimulatedEngine[] engines, RequestArrival prompt) =>
        [.. engines.Select(engine => hits.On(new FullModeInstance(engine.Metadata, new InstanceStatus { InstanceId = engine.Metadata.InstanceId }), prompt.PromptTokens))];

    private static void Prefill(EngineModel engine, RequestArrival prompt)
    {
        engine.Add(new EngineRequest { Id = "p", PromptTokens = prompt.PromptTokens, OutputTokens = 1, ContentIds = prompt.ContentIds }, TimeSpan.Zero);
        while (engine.TryBeginStep(TimeSpan.Zero, out _))
        {
            engine.CompleteStep(TimeSpan.Zero);
        }
    }

    /// <summary>A store that finds a chunk's blocks by its key, as it learned them from prompts: token by token.</summary>
    private sealed class Store(ChunkKeyOptions settings, SimulatedEngine[] engines) : IKvMetadataService
    {
        private readonly Dictionary<string, ulong[]> _blocks = [];
        private int _questions;

        public void Learn(RequestArrival prompt)
        {
            ChunkKeys keys = ChunkKeys.Create(settings);
            uint[] tokens = PromptTokens.Of(prompt);
            keys.Begin(tokens.Length);
            for (int end = settings.ChunkSize; end <= prompt.ContentIds.Length * 512; end += settings.ChunkSize)
            {
                _blocks[keys.Next(tokens)] =
                    [.. Enumerable.Range(end - settings.ChunkSize, settings.ChunkSize).Select(token => prompt.ContentIds.Span[token / 512]).Distinct()];
            }
        }

        public int TakeQuestions() => Interlocked.Exchange(ref _questions, 0);

        public Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        {
            _questions++;
            return Task.FromResult<IReadOnlyList<IReadOnlyList<string>>>([.. keys.Select(key => (IReadOnlyList<string>)[.. HoldersOf(key)])]);
        }

        private IEnumerable<string> HoldersOf(string key) => _blocks.TryGetValue(key, out ulong[]? blocks)
            ? engines.Where(engine => blocks.All(engine.Model.IsCached)).Select(static engine => engine.Metadata.IpKvs)
            : [];
    }
}
