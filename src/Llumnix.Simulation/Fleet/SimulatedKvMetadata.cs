using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Simulation.Fleet;

/// <summary>
/// The KV metadata service, and the scheduler's way to ask it: batch by batch, one more batch in flight with each answer, within a budget, not at all
/// while the service is down. The number of questions in flight over all lookups is not bounded here. The holders of a chunk are the engines whose
/// prefix caches hold it at the moment of the question. Content ids identify a prompt, so that nothing is hashed; a chunk that complete blocks do not
/// cover has no identity and no holders.
/// </summary>
internal sealed class SimulatedKvMetadata
{
    private readonly PrefixLookupOptions _options;
    private readonly SimulatedEngine[] _engines;
    private readonly VirtualClock _clock;
    private readonly int _blockTokens;
    private readonly ChunkKeys _keys;
    private readonly ServiceHealth _health;

    /// <exception cref="ArgumentException">The engines' content ids do not stand for equally many tokens.</exception>
    public SimulatedKvMetadata(PrefixLookupOptions options, SimulatedEngine[] engines, VirtualClock clock)
    {
        (_options, _engines, _clock) = (options, engines, clock);
        _blockTokens = engines[0].Model.Configuration.PrefixBlockSize;
        if (engines.Any(engine => engine.Model.Configuration.PrefixBlockSize != _blockTokens))
        {
            throw new ArgumentException("all engines need the same TokensPerContentId when prompts are looked up", nameof(engines));
        }

        _keys = ChunkKeys.Create(options.ChunkKeys);
        _health = new ServiceHealth(options.RetryTimes, options.DownDuration, clock);
    }

    /// <summary>Whether a prompt should be looked up: it is long enough and the service is not down.</summary>
    public bool IsWanted(int promptTokens) => promptTokens >= _options.MinTokens && !_health.IsDown;

    /// <summary>Begins a lookup.</summary>
    public PrefixLookup Begin(RequestRun run)
    {
        _keys.Begin(run.Arrival.PromptTokens);
        return new PrefixLookup(run, _keys.Count, _options.ChunkKeys.ChunkSize, _clock.Now + _options.QueryTimeout);
    }

    /// <summary>
    /// Asks as many questions as may be in flight now. The answer is what the engines hold now; it takes effect with <see cref="EndQuestion"/>.
    /// </summary>
    /// <returns>The questions, in their order.</returns>
    public IReadOnlyList<PrefixQuestion> Ask(PrefixLookup lookup, TimeSpan delay)
    {
        var asked = new List<PrefixQuestion>();
        while (lookup.UnderWay < _options.QuestionsUnderWay(lookup.Answers) && lookup.Next < lookup.Chunks)
        {
            bool isLate = _clock.Now + delay > lookup.Deadline;
            var question = new PrefixQuestion(
                _clock.GetTimestamp(), isLate ? lookup.Deadline : _clock.Now + delay, isLate, HoldersOfNextBatch(lookup));
            lookup.Add(question);
            asked.Add(question);
        }

        return asked;
    }

    /// <summary>Ends the oldest question: its answer is there, or the budget is used up.</summary>
    public void EndQuestion(PrefixLookup lookup)
    {
        PrefixQuestion question = lookup.EndQuestion();
        if (!question.IsLate)
        {
            _health.Succeeded();
        }
        else if (lookup.Answers == 0)
        {
            _health.Failed(question.AskedAt);
        }
    }

    private string[][] HoldersOfNextBatch(PrefixLookup lookup)
    {
        var batch = new string[Math.Min(_options.BatchKeys, lookup.Chunks - lookup.Next)][];
        (int First, int Last)? known = null;
        string[] holders = [];
        for (int i = 0; i < batch.Length; i++)
        {
            (int First, int Last)? blocks = BlocksOf(lookup.Next + i, lookup.Run);
            if (blocks != known)
            {
                (known, holders) = (blocks, blocks is { } range ? HoldersOf(lookup.Run.Arrival.ContentIds[range.First..(range.Last + 1)]) : []);
            }

            batch[i] = holders;
        }

        return batch;
    }

    /// <summary>The blocks that a chunk touches; null when the prompt does not fill the last of them, or its content is unknown.</summary>
    private (int First, int Last)? BlocksOf(int chunk, RequestRun run)
    {
        long first = (long)chunk * _options.ChunkKeys.ChunkSize / _blockTokens;
        long last = (((chunk + 1L) * _options.ChunkKeys.ChunkSize) - 1) / _blockTokens;
        int known = Math.Min(run.Arrival.ContentIds.Length, run.Arrival.PromptTokens / _blockTokens);
        return last < known ? ((int)first, (int)last) : null;
    }

    private string[] HoldersOf(ReadOnlyMemory<ulong> blocks) =>
        [.. _engines.Where(engine => !engine.IsDown && HoldsAll(engine, blocks.Span)).Select(static engine => engine.Metadata.KvsHost)];

    private static bool HoldsAll(SimulatedEngine engine, ReadOnlySpan<ulong> blocks)
    {
        foreach (ulong block in blocks)
        {
            if (!engine.Model.IsCached(block))
            {
                return false;
            }
        }

        return true;
    }
}
