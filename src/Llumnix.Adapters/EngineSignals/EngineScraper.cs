using Llumnix.Adapters.Outages;
using Llumnix.Adapters.Secrets;
using Llumnix.Adapters.Tls;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>Reads plain engines at an interval, each in a loop of its own, so that a slow one delays no other. For any threads.</summary>
public sealed partial class EngineScraper : IAsyncDisposable
{
    private const int FailuresBeforeForgetting = 3;
    private static readonly TimeSpan ModelsInterval = TimeSpan.FromSeconds(30);
    private readonly EngineScraperOptions _options;
    private readonly IEngineSignalObserver _observer;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<EngineScraper> _logger;
    private readonly HttpMessageInvoker _http;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (CancellationTokenSource Stop, Task Loop)> _engines = [];
    private readonly long[] _failures = new long[Enum.GetValues<EngineReadFailure>().Length];
    private long _reads;
    private int _ordinal;
    private bool _isDisposed;

    /// <summary>Makes a scraper without engines.</summary>
    /// <param name="options">The options.</param>
    /// <param name="observer">Gets what is read.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Is told when engines cannot be read.</param>
    /// <param name="key">The API key that engines ask for; null when they ask for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="IOException">The CA file cannot be used.</exception>
    public EngineScraper(EngineScraperOptions options, IEngineSignalObserver observer, TimeProvider timeProvider, ILogger<EngineScraper> logger, EngineKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxEngines, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxAnswerBytes, 1);
        (_options, _observer, _timeProvider, _logger) = (options, observer, timeProvider, logger);
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectTimeout = options.Timeout,
            MaxResponseDrainSize = 0,
            UseCookies = false,
            UseProxy = false,
        };
        if (options.CaFile.Length > 0)
        {
            handler.SslOptions.CertificateChainPolicy = CertificateAuthorities.Read(options.CaFile);
        }

        _http = new HttpMessageInvoker(key is null ? handler : new EngineKeyHandler(key, handler));
    }

    /// <summary>Reads that succeeded so far.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>Reads that failed so far, by reason.</summary>
    public long Failures(EngineReadFailure reason) => Interlocked.Read(ref _failures[(int)reason]);

    /// <summary>Begins to read an engine.</summary>
    /// <returns>False when the id is taken, or there are as many engines as may be.</returns>
    /// <exception cref="ArgumentException">The address is not of the form that <see cref="EngineTarget"/> asks for.</exception>
    public bool Add(EngineTarget engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        if (!engine.Address.IsAbsoluteUri || engine.Address is not { Scheme: "http" or "https", UserInfo: "", PathAndQuery: "/" })
        {
            throw new ArgumentException("an engine's address has the form http://host:port or https://host:port", nameof(engine));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_engines.Count >= _options.MaxEngines || _engines.ContainsKey(engine.Id))
            {
                return false;
            }

            var stop = new CancellationTokenSource();
            int seed = unchecked(_options.Seed + _ordinal++);
            _engines.Add(engine.Id, (stop, Task.Run(() => RunAsync(engine, new Random(seed), stop.Token))));
            return true;
        }
    }

    /// <summary>Ends the reading of an engine; when this completes, the observer gets nothing of it any more.</summary>
    public async Task RemoveAsync(string id)
    {
        (CancellationTokenSource Stop, Task Loop) engine;
        lock (_gate)
        {
            if (!_engines.Remove(id, out engine))
            {
                return;
            }
        }

        await engine.Stop.CancelAsync();
        await engine.Loop;
        engine.Stop.Dispose();
    }

    /// <summary>Ends all loops.</summary>
    public async ValueTask DisposeAsync()
    {
        string[] ids;
        lock (_gate)
        {
            _isDisposed = true;
            ids = [.. _engines.Keys];
        }

        await Task.WhenAll(ids.Select(RemoveAsync));
        _http.Dispose();
    }

    private async Task RunAsync(EngineTarget engine, Random random, CancellationToken stop)
    {
        var reader = new EngineReader(_http, engine, _options.MaxAnswerBytes);
        var outages = new EngineOutages(_timeProvider);
        using var deadline = new ReadDeadline(_options.Timeout, _timeProvider, stop);
        var modelsOutage = new OutageLog(_timeProvider);
        int failures = 0;
        long? modelsAskedAt = null;
        TimeSpan wait = random.NextDouble() * _options.Interval;
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(wait, _timeProvider, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested)
            {
                return;
            }

            long askedAt = _timeProvider.GetTimestamp();
            bool isRead = await TryReadAsync(engine, reader, outages, askedAt, deadline, stop);
            failures = isRead ? 0 : Math.Min(failures + 1, 16);
            if (modelsAskedAt is not { } last || _timeProvider.GetElapsedTime(last) >= ModelsInterval)
            {
                // An engine that cannot be reached yet is asked again with its next read.
                modelsAskedAt = await TryReadModelsAsync(engine, reader, modelsOutage, deadline) ? askedAt : null;
            }

            if (failures >= FailuresBeforeForgetting)
            {
                reader.Forget();
            }

            TimeSpan longest = _options.MaxBackoff > _options.Interval ? _options.MaxBackoff : _options.Interval;
            TimeSpan pause = _options.Interval * (1 << failures);
            pause = pause > longest ? longest : pause;
            wait = (pause * (0.9 + (0.2 * random.NextDouble()))) - _timeProvider.GetElapsedTime(askedAt);
            wait = wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
    }

    /// <returns>Whether the engine has answered, whatever it said.</returns>
    private async Task<bool> TryReadModelsAsync(EngineTarget engine, EngineReader reader, OutageLog outage, ReadDeadline deadline)
    {
        try
        {
            if (await reader.ReadModelsAsync(deadline.Begin()) is { } models)
            {
                _observer.ModelsRead(engine, models);
            }

            _ = outage.Answers();
            return true;
        }
        catch (EngineReadException e)
        {
            if (outage.Fails(e.Message))
            {
                LogModelsFailed(engine.Id, e.Message);
            }

            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            return false;
        }
    }

    private async Task<bool> TryReadAsync(
        EngineTarget engine, EngineReader reader, EngineOutages outages, long askedAt, ReadDeadline deadline, CancellationToken stop)
    {
        EngineFace before = reader.Face;
        try
        {
            await reader.ReadAsync(deadline.Begin());
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException or EngineReadException)
        {
            EngineReadFailure reason = e is EngineReadException refused ? refused.Reason
                : e is OperationCanceledException ? EngineReadFailure.Timeout
                : EngineReadFailure.Connection;
            Interlocked.Increment(ref _failures[(int)reason]);
            string error = reason == EngineReadFailure.Timeout ? $"no answer within {_options.Timeout.TotalMilliseconds} ms"
                : e is EngineReadException ? e.Message
                : FailureText.Describe(e);
            if (outages.Fails(reason, error))
            {
                // Of an engine that cannot be reached who watches the fleet warns, too: of what follows from it. Why it cannot be reached stands here.
                LogFailed(reason == EngineReadFailure.Connection && _options.IsFleetWatched ? LogLevel.Information : LogLevel.Warning, engine.Id, error);
            }

            _observer.Failed(engine, reason, error);
            return false;
        }

        long answeredAt = _timeProvider.GetTimestamp();
        Interlocked.Increment(ref _reads);
        if (outages.Answers())
        {
            string source = Describe(reader.Face);
            LogRead(engine.Id, source);
        }

        if (reader.Face != before)
        {
            _observer.Recognised(engine, reader.Face);
        }

        _observer.Read(engine, reader.Signals, askedAt, answeredAt);
        return true;
    }

    private static string Describe(EngineFace face) => face switch
    {
        EngineFace.Vllm => "vLLM's metrics",
        EngineFace.SglangMetrics => "SGLang's metrics",
        EngineFace.SglangLoads => "SGLang's loads",
        _ => "nothing that it answers: its own placements alone count",
    };

    [LoggerMessage(Message = "The load of engine {Engine} cannot be read: {Error}")]
    private partial void LogFailed(LogLevel level, string engine, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The models of engine {Engine} cannot be read: {Error}")]
    private partial void LogModelsFailed(string engine, string error);

    [LoggerMessage(Level = LogLevel.Information, Message = "The load of engine {Engine} is read from {Source}")]
    private partial void LogRead(string engine, string source);
}
