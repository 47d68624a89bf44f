using System.Collections.Concurrent;
using Llumnix.Scheduling.PrefixCache;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.KvStore;

/// <summary>
/// Finds how much of a prompt each KV store host holds: hashes the prompt's chunks batch by batch and asks the metadata service, until no host holds
/// a chunk. Each answer with hits allows one more batch in flight. A lookup ends within its budget, whatever the service does, with the hits known by
/// then; a service that keeps failing is not asked for a while. For any threads.
/// </summary>
public sealed partial class PrefixHitLookup : IAsyncDisposable
{
    private const int MaxSpareKeys = 64;
    private static readonly TimeSpan CutShortLogInterval = TimeSpan.FromMinutes(1);
    private readonly PrefixLookupOptions _options;
    private readonly IKvMetadataService _service;
    private readonly KvMetadataQueries _queries;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IPrefixLookupObserver? _observer;
    private readonly MissingHits _missing = new();
    private readonly ConcurrentBag<ChunkKeys> _spareKeys = [];
    private readonly Lock _cutShortLock = new();
    private long? _cutShortLoggedAt;
    private int _cutShortNotLogged;

    /// <param name="options">The lookup's parameters.</param>
    /// <param name="service">The metadata service; disposed together with the lookup if it is disposable.</param>
    /// <param name="time">Clock of the budget, the retries and the down window.</param>
    /// <param name="logger">Changes of the service's availability, lookups that were cut short, and a store that never hits.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public PrefixHitLookup(
        PrefixLookupOptions options, IKvMetadataService service, TimeProvider time, ILogger<PrefixHitLookup> logger,
        IPrefixLookupObserver? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.QueryTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchKeys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxQuestionsPerLookup, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxQuestions, 1);
        (_options, _service, _time, _logger, _observer) = (options, service, time, logger, observer);
        _queries = new KvMetadataQueries(options, service, time, logger);
        Recycle(Rent());
    }

    /// <summary>Whether the service is down, so that it is not asked.</summary>
    public bool IsDown => _queries.IsDown;

    /// <summary>Whether a prompt should be looked up: it is long enough and the service is not down.</summary>
    public bool IsWanted(int promptTokens) => promptTokens >= _options.MinTokens && !_queries.IsDown;

    /// <summary>Looks up a prompt.</summary>
    /// <param name="prompt">Its token ids; must not change until the lookup has ended.</param>
    /// <param name="cancellationToken">Cancels the lookup; this does not count as a failure of the service.</param>
    /// <returns>
    /// The hits, or a lower bound of them when the budget ran out or the service failed meanwhile. Null when nothing is known: the prompt is too
    /// short, the service is down, or no answer came.
    /// </returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<PrefixHits?> FindAsync(ReadOnlyMemory<uint> prompt, CancellationToken cancellationToken)
    {
        if (!IsWanted(prompt.Length))
        {
            return null;
        }

        var budget = new CancellationTokenSource(_options.QueryTimeout, _time);
        CancellationTokenRegistration givingUp = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), budget);
        var underWay = new Queue<Task<IReadOnlyList<IReadOnlyList<string>>>>();
        ChunkKeys keys = Rent();
        try
        {
            return await FindAsync(prompt, keys, underWay, budget.Token, cancellationToken);
        }
        finally
        {
            Recycle(keys);
            await givingUp.DisposeAsync();
            _ = DisposeAfterAsync(budget, underWay);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_service is IAsyncDisposable service)
        {
            await service.DisposeAsync();
        }
        else
        {
            (_service as IDisposable)?.Dispose();
        }

        _queries.Dispose();
    }

    /// <param name="prompt">The prompt.</param>
    /// <param name="keys">The generator of its chunk keys.</param>
    /// <param name="underWay">The queries whose answers have not been counted, in order.</param>
    /// <param name="budget">Cancelled when the budget is used up or the caller cancels.</param>
    /// <param name="caller">Cancelled when the caller cancels.</param>
    private async Task<PrefixHits?> FindAsync(
        ReadOnlyMemory<uint> prompt,
        ChunkKeys keys,
        Queue<Task<IReadOnlyList<IReadOnlyList<string>>>> underWay,
        CancellationToken budget,
        CancellationToken caller)
    {
        long start = _time.GetTimestamp();
        TimeSpan waited = TimeSpan.Zero;
        string? firstKey = null;
        bool isCutShort = false;
        var counter = new PrefixHitCounter();
        keys.Begin(prompt.Length);
        try
        {
            bool isHeld = true;
            for (int answers = 0; isHeld && (underWay.Count > 0 || keys.Position < keys.Count); answers++)
            {
                while (underWay.Count < _options.QuestionsUnderWay(answers) && keys.Position < keys.Count && await MayAskAsync(underWay.Count, budget))
                {
                    string[] batch = NextBatch(prompt.Span, keys);
                    firstKey ??= batch[0];
                    underWay.Enqueue(_queries.AskAsync(batch, isFirst: answers == 0, budget, caller));
                }

                long asked = _time.GetTimestamp();
                IReadOnlyList<IReadOnlyList<string>> holders = await underWay.Peek();
                _ = underWay.Dequeue();
                waited += _time.GetElapsedTime(asked);
                isHeld = Count(holders, counter);
            }
        }
        catch (Exception e) when (e is KvMetadataException || (e is OperationCanceledException && !caller.IsCancellationRequested))
        {
            if (counter.Chunks == 0)
            {
                _observer?.LookupFailed();
                return null;
            }

            isCutShort = true;
        }

        PrefixHits hits = counter.ToHits(_options.ChunkKeys.ChunkSize, prompt.Length);
        Tell(hits, firstKey, waited, _time.GetElapsedTime(start));
        if (isCutShort)
        {
            OnCutShort(counter.Chunks, keys.Count);
        }

        return hits;
    }

    /// <summary>
    /// Takes a slot for the next query. The query whose answer is needed next waits for a slot; a query ahead of need only takes a free one.
    /// </summary>
    private async ValueTask<bool> MayAskAsync(int underWay, CancellationToken budget)
    {
        if (underWay > 0)
        {
            return _queries.TryReserve();
        }

        await _queries.ReserveAsync(budget);
        return true;
    }

    /// <returns>Whether a host holds all chunks so far.</returns>
    private static bool Count(IReadOnlyList<IReadOnlyList<string>> holders, PrefixHitCounter counter)
    {
        for (int i = 0; i < holders.Count; i++)
        {
            if (!counter.Add(holders[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void Tell(PrefixHits hits, string? firstKey, TimeSpan waited, TimeSpan whole)
    {
        _observer?.LookupCompleted(waited, whole);
        if (firstKey is not null && _missing.Note(firstKey, hits.Longest > 0))
        {
            LogHitsMissing(MissingHits.Limit);
            _observer?.HitsMissing();
        }
    }

    private void OnCutShort(int known, int chunks)
    {
        _observer?.LookupCutShort();
        int others;
        lock (_cutShortLock)
        {
            if (_cutShortLoggedAt is { } at && _time.GetElapsedTime(at) < CutShortLogInterval)
            {
                _cutShortNotLogged++;
                return;
            }

            (others, _cutShortNotLogged, _cutShortLoggedAt) = (_cutShortNotLogged, 0, _time.GetTimestamp());
        }

        LogCutShort(known, chunks, others);
    }

    /// <summary>Queries whose answers are no longer needed run on within the budget: to cancel one would cost its connection.</summary>
    private static async Task DisposeAfterAsync(CancellationTokenSource budget, Queue<Task<IReadOnlyList<IReadOnlyList<string>>>> underWay)
    {
        await ((Task)Task.WhenAll(underWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        budget.Dispose();
    }

    private string[] NextBatch(ReadOnlySpan<uint> prompt, ChunkKeys keys)
    {
        var batch = new string[Math.Min(_options.BatchKeys, keys.Count - keys.Position)];
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i] = keys.Next(prompt);
        }

        return batch;
    }

    private ChunkKeys Rent() => _spareKeys.TryTake(out ChunkKeys? spare) ? spare : ChunkKeys.Create(_options.ChunkKeys);

    private void Recycle(ChunkKeys keys)
    {
        if (_spareKeys.Count < MaxSpareKeys)
        {
            _spareKeys.Add(keys);
        }
    }
}
