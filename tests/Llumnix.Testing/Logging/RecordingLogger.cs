using System.Collections.Concurrent;
using Llumnix.Testing.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Testing.Logging;

/// <summary>Records logged lines, and lets a test await one.</summary>
public sealed class RecordingLogger<T> : RecordingPort<RecordingLogger<T>>, ILogger<T>
{
    /// <summary>The lines, each with its level in front.</summary>
    public ConcurrentQueue<string> Lines { get; } = [];

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Record(() => Lines.Enqueue($"{logLevel}: {formatter(state, exception)}"));
}
