using Llumnix.Server.Logging;
using Microsoft.Extensions.Logging;

namespace Llumnix.Server.Tests.Logging;

public sealed partial class LimitedLoggerTests : IDisposable
{
    private readonly FormattedLog _log = new();
    private readonly ILogger _logger;

    public LimitedLoggerTests() => _logger = _log.CreateLogger("Store");

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Log_TextsThatAlternateForAMinute_AreLimitedAndCounted()
    {
        for (int i = 0; i < 120; i++)
        {
            Unavailable(_logger, i % 2 == 0 ? "no answer" : "refused");
            _log.Clock.Advance(TimeSpan.FromSeconds(0.5));
        }

        _log.Dispose();
        string[] lines = [.. _log.Lines];
        Assert.InRange(lines.Length, 12, 16);
        Assert.Equal(120, lines.Sum(Told));
        Assert.StartsWith("fail: Store[", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("The store cannot be read: no answer", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.EndsWith(" more records like this were left out: The store cannot be read: {Error}", StringComparison.Ordinal));
    }

    [Fact]
    public void Log_FloodThatHasEnded_ItsRestIsToldWithoutAnotherRecord()
    {
        for (int i = 0; i < 46_000; i++)
        {
            Unavailable(_logger, $"row {i}");
        }

        Assert.Equal(10, _log.Lines.Count());
        _log.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(11, _log.Lines.Count());
        Assert.EndsWith("45990 more records like this were left out: The store cannot be read: {Error}", _log.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_FloodOfOneKind_TheOthersAreWritten()
    {
        for (int i = 0; i < 1000; i++)
        {
            Unavailable(_logger, "x");
        }

        Available(_logger, "a");
        Unavailable(_log.CreateLogger("Other"), "y");

        Assert.EndsWith("The store a answers", _log.Lines.ElementAt(10), StringComparison.Ordinal);
        Assert.EndsWith("The store cannot be read: y", _log.Lines.ElementAt(11), StringComparison.Ordinal);
    }

    [Fact]
    public void Log_QuietFor5Minutes_AsManyAtOnceAsBefore()
    {
        for (int round = 1; round <= 3; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                Unavailable(_logger, "x");
            }

            Assert.Equal(10 * round, _log.Lines.Count());
            _log.Clock.Advance(TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public void Log_RecordsThatAreAskedFor_AreNotLimited()
    {
        for (int i = 0; i < 500; i++)
        {
            Decided(_logger, "r");
            Asked(_logger, "r");
        }

        Assert.Equal(1000, _log.Lines.Count());
    }

    [Fact]
    public void Log_MoreKindsThanThereIsRoomFor_ShareALimit()
    {
        for (int i = 0; i < 10_000; i++)
        {
            _logger.Log(LogLevel.Warning, new EventId(i), "text", null, static (text, _) => text);
        }

        Assert.Equal(LimitedLogger.MaxKinds + 10, _log.Lines.Count());
    }

    [Fact]
    public void Log_FromManyThreads_NoneIsLost()
    {
        Parallel.For(0, 10_000, i => Unavailable(_logger, "x"));
        _log.Dispose();

        Assert.Equal(10_000, _log.Lines.Sum(Told));
        Assert.InRange(_log.Lines.Count(), 11, 12);
    }

    [Fact]
    public void Log_TextThatForgesALine_IsOneLine()
    {
        Unavailable(_logger, "a\r\n2026-01-01T00:00:00.000Z info: Store[1] all is well\u001b[2K\u2028\u0085\u202e");
        Failed(_logger, new InvalidOperationException("x\nfake: line\u001b[31m"));

        string[] lines = [.. _log.Lines];
        Assert.Equal(2, lines.Length);
        Assert.EndsWith(@"a\r\n2026-01-01T00:00:00.000Z info: Store[1] all is well\u001b[2K\u2028\u0085\u202e", lines[0], StringComparison.Ordinal);
        Assert.Contains(@"It failed System.InvalidOperationException: x\nfake: line\u001b[31m", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain(string.Concat(lines), static c => char.IsControl(c));
    }

    private static int Told(string line) =>
        line.IndexOf(" more records like this", StringComparison.Ordinal) is > 0 and var end
            ? int.Parse(line[(line.LastIndexOf(' ', end - 1) + 1)..end])
            : 1;

    [LoggerMessage(LogLevel.Error, "The store cannot be read: {Error}")]
    private static partial void Unavailable(ILogger logger, string error);

    [LoggerMessage(LogLevel.Error, "It failed")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Information, "The store {Name} answers")]
    private static partial void Available(ILogger logger, string name);

    [LoggerMessage(LogLevel.Debug, "Decided {Id}")]
    private static partial void Decided(ILogger logger, string id);

    [LoggerMessage(LimitedLogger.AskedForEventId, LogLevel.Information, "Asked {Id}")]
    private static partial void Asked(ILogger logger, string id);
}
