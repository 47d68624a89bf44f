using System.Collections.Concurrent;

namespace Llumnix.Server.Logging;

/// <summary>
/// Loggers that pass records to another provider within their limits, with all text made harmless by <see cref="VisibleText"/>. Suppressed records
/// are counted; the count is written with the next record of their kind, or by itself as soon as the limit allows. For any threads.
/// </summary>
/// <remarks>The inner provider is not disposed.</remarks>
[ProviderAlias("Console")]
internal sealed class LimitedLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    /// <summary>Interval of the checks whether counts of suppressed records can be written.</summary>
    public static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, LimitedLogger> _loggers = new(StringComparer.Ordinal);
    private readonly ILoggerProvider _provider;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <param name="provider">The inner provider.</param>
    /// <param name="time">The clock of the limits.</param>
    public LimitedLoggerProvider(ILoggerProvider provider, TimeProvider time)
    {
        (_provider, _time) = (provider, time);
        _timer = time.CreateTimer(_ => TellLeftOut(isLast: false), null, TellInterval, TellInterval);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, name => new LimitedLogger(_provider.CreateLogger(name), _time));

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider) =>
        (_provider as ISupportExternalScope)?.SetScopeProvider(scopeProvider);

    /// <summary>Writes the counts of records suppressed until now.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        TellLeftOut(isLast: true);
    }

    private void TellLeftOut(bool isLast)
    {
        foreach (LimitedLogger logger in _loggers.Values)
        {
            logger.TellLeftOut(isLast);
        }
    }
}
