using System.Globalization;
using Llumnix.Adapters.Outages;
using Llumnix.Scheduling.PrefixCache;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.KvStore;

/// <summary>
/// Queries to the KV metadata service: each with retries, a bounded number at a time, and none while the service is down. For any threads.
/// </summary>
internal sealed partial class KvMetadataQueries : IDisposable
{
    private readonly PrefixLookupOptions _options;
    private readonly IKvMetadataService _service;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ServiceHealth _health;
    private readonly SemaphoreSlim _slots;
    private Type? _lastUnexpected;

    internal KvMetadataQueries(PrefixLookupOptions options, IKvMetadataService service, TimeProvider time, ILogger logger)
    {
        (_options, _service, _time, _logger) = (options, service, time, logger);
        _health = new ServiceHealth(options.RetryTimes, options.DownDuration, time);
        _slots = new SemaphoreSlim(options.MaxQuestions);
    }

    /// <summary>Whether the service is down, so that it is not asked.</summary>
    internal bool IsDown => _health.IsDown;

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    /// <summary>Waits for a slot for one query; the caller must then use it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal Task ReserveAsync(CancellationToken cancellationToken) => _slots.WaitAsync(cancellationToken);

    /// <summary>Takes a slot for one query if one is free; the caller must then use it.</summary>
    internal bool TryReserve() => _slots.Wait(0, CancellationToken.None);

    /// <summary>Sends a query, for which the caller holds a slot.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="isFirst">
    /// Whether this is the lookup's first query. Only a first query without an answer in time is a failure of the service; later ones may just have
    /// started too late.
    /// </param>
    /// <param name="budget">Cancelled when the lookup's budget is used up or the caller cancels.</param>
    /// <param name="caller">Cancelled when the caller cancels, which is not a failure of the service.</param>
    /// <exception cref="KvMetadataException">The last try failed, or the service has gone down.</exception>
    /// <exception cref="OperationCanceledException">The budget is used up, or the caller has cancelled.</exception>
    internal async Task<IReadOnlyList<IReadOnlyList<string>>> AskAsync(
        string[] keys, bool isFirst, CancellationToken budget, CancellationToken caller)
    {
        try
        {
            return await TryAsync(keys, isFirst, budget, caller);
        }
        finally
        {
            _slots.Release();
        }
    }

    private async Task<IReadOnlyList<IReadOnlyList<string>>> TryAsync(
        string[] keys, bool isFirst, CancellationToken budget, CancellationToken caller)
    {
        for (int attempt = 1; ; attempt++)
        {
            budget.ThrowIfCancellationRequested();
            long started = _time.GetTimestamp();
            try
            {
                IReadOnlyList<IReadOnlyList<string>> holders = await AskOnceAsync(keys, budget);
                if (_health.Succeeded())
                {
                    LogBack();
                }

                return holders;
            }
            catch (OperationCanceledException) when (isFirst && !caller.IsCancellationRequested)
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

    /// <summary>
    /// Sends a query once. Any exception of the service becomes a <see cref="KvMetadataException"/>, so that it never fails the request.
    /// </summary>
    private async Task<IReadOnlyList<IReadOnlyList<string>>> AskOnceAsync(string[] keys, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<IReadOnlyList<string>> holders = await _service.QueryAsync(keys, cancellationToken);
            return holders.Count == keys.Length
                ? holders
                : throw new KvMetadataException($"{holders.Count} answers to {keys.Length} keys");
        }
        catch (Exception e) when (e is not (KvMetadataException or OperationCanceledException))
        {
            if (Interlocked.Exchange(ref _lastUnexpected, e.GetType()) != e.GetType())
            {
                LogUnexpected(e);
            }

            throw new KvMetadataException(FailureText.Describe(e), e);
        }
    }

    private void OnFailedTry(long started, string error)
    {
        if (_health.Failed(started))
        {
            LogDown(_options.DownDuration, error);
        }
    }
}
