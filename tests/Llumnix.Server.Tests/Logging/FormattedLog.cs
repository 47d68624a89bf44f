using System.Collections.Concurrent;
using Llumnix.Server.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Logging;

/// <summary>What a process would write on its console: its own logging and the console's real formatter, with a clock of the test's.</summary>
internal sealed class FormattedLog : ILoggerFactory
{
    private readonly ServiceProvider _services;
    private readonly ILoggerFactory _factory;
    private readonly LimitedLoggerProvider _limits;

    public FormattedLog()
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => ProcessLogging.Configure(logging, verbosity: 4, Clock));
        _services = services.BuildServiceProvider();
        ConsoleFormatter formatter = _services.GetServices<ConsoleFormatter>().Single(one => one.Name == ConsoleFormatterNames.Simple);
        _limits = new LimitedLoggerProvider(new Writer(formatter, Written), Clock);
        _factory = LoggerFactory.Create(logging =>
        {
            logging.SetMinimumLevel(LogLevel.Trace);
            logging.AddProvider(_limits);
        });
    }

    public FakeTimeProvider Clock { get; } = new();

    public ConcurrentQueue<string> Written { get; } = [];

    /// <summary>The lines, each without its time.</summary>
    public IEnumerable<string> Lines =>
        string.Concat(Written).Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(static line => line[25..]);

    public ILogger CreateLogger(string categoryName) => _factory.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        _factory.Dispose();
        _limits.Dispose();
        _services.Dispose();
    }

    private sealed class Writer(ConsoleFormatter formatter, ConcurrentQueue<string> written) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new WritingLogger(categoryName, formatter, written);

        public void Dispose()
        {
        }
    }

    private sealed class WritingLogger(string category, ConsoleFormatter formatter, ConcurrentQueue<string> written) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> format)
        {
            using var text = new StringWriter();
            formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, format), null, text);
            written.Enqueue(text.ToString());
        }
    }
}
