using System.Collections.Concurrent;

namespace Llumnix.Server.Logging;

/// <summary>
/// Loggers that pass on to another provider what their limits allow, in text that only shows. What was left out is counted, and told with
/// the next record of its kind, or by itself once that kind may be written again. For any threads.
/// </summary>
/// <remarks>The provider below is not disposed of.</remarks>
[ProviderAlias("Console")]
internal sealed class LimitedLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    /// <summary>How often it is looked whether something left out can be told.</summary>
    public static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, LimitedLogger> _loggers = new(StringComparer.Ordinal);
    private readonly ILoggerProvider _provider;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;

    /// <param name="provider">Where the records go.</param>
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

    /// <summary>Tells what was left out until now.</summary>
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
