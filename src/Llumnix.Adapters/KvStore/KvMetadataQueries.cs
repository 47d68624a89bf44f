using System.Globalization;
using Llumnix.Scheduling.PrefixCache;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.KvStore;

/// <summary>
/// Questions to the KV metadata service: tried several times, so many of them under way at once, and none while the service is down. For
/// any threads.
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

    /// <summary>Whether the service is being left alone.</summary>
    internal bool IsDown => _health.IsDown;

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    /// <summary>Waits until one more question may be asked, which then must be.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal Task ReserveAsync(CancellationToken cancellationToken) => _slots.WaitAsync(cancellationToken);

    /// <summary>Whether one more question may be asked at once; if so, it must be.</summary>
    internal bool TryReserve() => _slots.Wait(0, CancellationToken.None);

    /// <summary>Asks a reserved question.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="isFirst">
    /// Whether it is the lookup's first one. Only that it has no answer in time is a failure of the service: after an answer there was just more to ask
    /// than time for it.
    /// </param>
    /// <param name="budget">The lookup's budget is used up, or the caller has given up.</param>
    /// <param name="caller">The caller has given up, which is no failure of the service.</param>
    /// <exception cref="KvMetadataException">The last try failed, or the service has gone down.</exception>
    /// <exception cref="OperationCanceledException">The budget is used up, or the caller has given up.</exception>
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

    /// <summary>Whatever the service throws is its failure, and never the request's.</summary>
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
}
