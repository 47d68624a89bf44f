using System.Collections.Concurrent;
using System.Globalization;

namespace Llumnix.Server.Logging;

/// <summary>The logger of one category with a limit per kind of record. For any threads.</summary>
/// <remarks>
/// The kind of a record is its place in the code, by level and event, never its text: texts contain ids, addresses and errors from outside, so that a
/// limit per text would be none. Records below <see cref="LogLevel.Information"/> are written only when configured, and are not limited; neither are
/// those of <see cref="AskedForEventId"/>.
/// </remarks>
internal sealed class LimitedLogger(ILogger logger, TimeProvider time) : ILogger
{
    /// <summary>Event id of records that a flag switches on, which are not limited.</summary>
    public const int AskedForEventId = 1_000_000;

    /// <summary>Largest number of kinds with a limit of their own; further ones share one.</summary>
    public const int MaxKinds = 256;

    private readonly ConcurrentDictionary<(LogLevel Level, int Id, string? Name), LogKind> _kinds = new();
    private readonly LogKind _others = new(LogLevel.Warning, default, "of various kinds", time);

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!logger.IsEnabled(logLevel))
        {
            return;
        }

        if (logLevel >= LogLevel.Information && eventId.Id != AskedForEventId)
        {
            LogKind kind = KindOf(logLevel, eventId, state);
            if (!kind.TryTake())
            {
                return;
            }

            TellLeftOut(kind);
        }

        string text = formatter(state, exception);
        Write(logLevel, eventId, exception is null ? text : $"{text} {exception}");
    }

    /// <summary>Writes the number of suppressed records of each kind whose limit allows it again.</summary>
    /// <param name="isLast">Whether to write it for all kinds, since this is the last call.</param>
    public void TellLeftOut(bool isLast)
    {
        foreach (LogKind kind in _kinds.Values.Append(_others))
        {
            if (kind.HasLeftOut && (isLast || kind.TryReserve()))
            {
                TellLeftOut(kind);
            }
        }
    }

    private LogKind KindOf<TState>(LogLevel level, EventId eventId, TState state) =>
        _kinds.TryGetValue((level, eventId.Id, eventId.Name), out LogKind? kind) ? kind
        : _kinds.Count >= MaxKinds ? _others
        : _kinds.GetOrAdd((level, eventId.Id, eventId.Name), _ => new LogKind(level, eventId, TemplateOf(state) ?? eventId.Name ?? "", time));

    private static string? TemplateOf<TState>(TState state) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> { Count: > 0 } values && values[^1] is { Key: "{OriginalFormat}", Value: string template }
            ? template
            : null;

    private void TellLeftOut(LogKind kind)
    {
        if (kind.TakeLeftOut() is > 0 and var count)
        {
            Write(kind.Level, kind.EventId, string.Create(CultureInfo.InvariantCulture, $"{count} more records like this were left out: {kind.Template}"));
        }
    }

    private void Write(LogLevel level, EventId eventId, string text)
    {
        string visible = VisibleText.Of(text);
        logger.Log(level, eventId, visible, null, static (shown, _) => shown);
    }
}
