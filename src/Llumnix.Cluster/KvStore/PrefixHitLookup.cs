using System.Collections.Concurrent;
using System.Globalization;
using Llumnix.Scheduling.PrefixCache;
using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.KvStore;

/// <summary>
/// Finds out how much of a prompt each KV store host holds: hashes its chunks batch by batch and asks the metadata service, until a chunk
/// is held by nobody. Ends within its budget, whatever the service does; a service that keeps failing is not asked for a while. For any
/// threads.
/// </summary>
public sealed partial class PrefixHitLookup : IAsyncDisposable
{
    private const int MaxSpareKeys = 64;
    private readonly PrefixLookupOptions _options;
    private readonly IKvMetadataService _service;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IPrefixLookupObserver? _observer;
    private readonly ServiceHealth _health;
    private readonly MissingHits _missing = new();
    private readonly ConcurrentBag<ChunkKeys> _spareKeys = [];
    private Type? _lastUnexpected;

    /// <param name="options">How to look up.</param>
    /// <param name="service">The metadata service; disposed of with the lookup, if it can be.</param>
    /// <param name="time">Budget, retries, down window.</param>
    /// <param name="logger">Changes of the service's availability, and a store that never hits.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public PrefixHitLookup(
        PrefixLookupOptions options, IKvMetadataService service, TimeProvider time, ILogger<PrefixHitLookup> logger,
        IPrefixLookupObserver? observer = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.QueryTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BatchKeys, 1);
        (_options, _service, _time, _logger, _observer) = (options, service, time, logger, observer);
        _health = new ServiceHealth(options.RetryTimes, options.DownDuration, time);
        Recycle(Rent());
    }

    /// <summary>Whether the service is being left alone.</summary>
    public bool IsDown => _health.IsDown;

    /// <summary>Whether a prompt is worth looking up now.</summary>
    public bool IsWanted(int promptTokens) => promptTokens >= _options.MinTokens && !_health.IsDown;

    /// <summary>Looks a prompt up.</summary>
    /// <param name="prompt">Its token ids; must not change until the lookup has ended.</param>
    /// <param name="cancellationToken">The caller gives up; does not count as a failure of the service.</param>
    /// <returns>The hits; null when nothing is known: the prompt is too short, the service is down, or it did not answer in time.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<PrefixHits?> FindAsync(ReadOnlyMemory<uint> prompt, CancellationToken cancellationToken)
    {
        if (!IsWanted(prompt.Length))
        {
            return null;
        }

        using var budget = new CancellationTokenSource(_options.QueryTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        ChunkKeys keys = Rent();
        try
        {
            return await CountAsync(prompt, keys, either.Token, cancellationToken);
        }
        catch (Exception e) when (e is KvMetadataException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _observer?.LookupFailed();
            return null;
        }
        finally
        {
            Recycle(keys);
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
    }

    /// <param name="prompt">The prompt.</param>
    /// <param name="keys">Makes its keys.</param>
    /// <param name="budget">The budget is used up, or the caller gives up.</param>
    /// <param name="caller">The caller gives up.</param>
    private async Task<PrefixHits> CountAsync(
        ReadOnlyMemory<uint> prompt, ChunkKeys keys, CancellationToken budget, CancellationToken caller)
    {
        long start = _time.GetTimestamp();
        TimeSpan waited = TimeSpan.Zero;
        string? firstKey = null;
        var counter = new PrefixHitCounter();
        keys.Begin(prompt.Length);
        for (bool isHeld = true; isHeld && keys.Position < keys.Count;)
        {
            string[] batch = NextBatch(prompt.Span, keys);
            firstKey ??= batch[0];
            long asked = _time.GetTimestamp();
            IReadOnlyList<IReadOnlyList<string>> holders = await AskAsync(batch, budget, caller);
            waited += _time.GetElapsedTime(asked);
            for (int i = 0; i < batch.Length && isHeld; i++)
            {
                isHeld = counter.Add(holders[i]);
            }
        }

        PrefixHits hits = counter.ToHits(_options.ChunkKeys.ChunkSize, prompt.Length);
        _observer?.LookupCompleted(waited, _time.GetElapsedTime(start));
        if (firstKey is not null && _missing.Note(firstKey, hits.Longest > 0))
        {
            LogHitsMissing(MissingHits.Limit);
            _observer?.HitsMissing();
        }

        return hits;
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

    /// <exception cref="KvMetadataException">The last try failed, or the service has gone down.</exception>
    private async Task<IReadOnlyList<IReadOnlyList<string>>> AskAsync(string[] batch, CancellationToken budget, CancellationToken caller)
    {
        for (int attempt = 1; ; attempt++)
        {
            budget.ThrowIfCancellationRequested();
            long started = _time.GetTimestamp();
            try
            {
                IReadOnlyList<IReadOnlyList<string>> holders = await QueryAsync(batch, budget);
                if (_health.Succeeded())
                {
                    LogBack();
                }

                return holders;
            }
            catch (OperationCanceledException) when (!caller.IsCancellationRequested)
            {
                OnFailedTry(
                    started, string.Create(CultureInfo.InvariantCulture, $"no answer within {_options.QueryTimeout.TotalMilliseconds} ms"));
                throw;
            }
            catch (KvMetadataException e)
            {
                OnFailedTry(started, e.Message);
                if (attempt >= _options.RetryTimes || _health.IsDown)
                {
                    throw;
                }
            }

            await Task.Delay(_options.RetryInterval, _time, budget);
        }
    }

    /// <summary>Asks once. Whatever the service throws is its failure, and never the request's.</summary>
    private async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(string[] batch, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<IReadOnlyList<string>> holders = await _service.QueryAsync(batch, cancellationToken);
            return holders.Count == batch.Length
                ? holders
                : throw new KvMetadataException($"{holders.Count} answers to {batch.Length} keys");
        }
        catch (Exception e) when (e is not (KvMetadataException or OperationCanceledException))
        {
            if (Interlocked.Exchange(ref _lastUnexpected, e.GetType()) != e.GetType())
            {
                LogUnexpected(e);
            }

            throw new KvMetadataException($"unexpected {e.GetType().Name}", e);
        }
    }

    private void OnFailedTry(long started, string error)
    {
        if (_health.Failed(started))
        {
            LogDown(_options.DownDuration, error);
        }
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
