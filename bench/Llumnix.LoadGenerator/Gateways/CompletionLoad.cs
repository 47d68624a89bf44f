using System.Diagnostics;

namespace Llumnix.LoadGenerator.Gateways;

/// <summary>Clients that send one request after another to one server for a while.</summary>
/// <param name="shape">What they ask for.</param>
/// <param name="port">The server's port.</param>
/// <param name="serverProcess">Id of its process; 0 for not to be measured.</param>
internal sealed class CompletionLoad(LoadShape shape, int port, int serverProcess)
{
    private readonly byte[] _request = shape.Request();
    private readonly LatencyRecorder _firsts = new();
    private readonly CompletionConnection[] _connections = [.. Enumerable.Range(0, shape.Connections).Select(static _ => new CompletionConnection())];
    private volatile bool _isMeasured;
    private volatile bool _isOver;

    /// <summary>Runs to the end.</summary>
    /// <param name="warmUp">How long requests are sent before the measured part.</param>
    /// <param name="duration">How long that takes.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="IOException">An answer was not what it should have been.</exception>
    internal async Task<LoadFigures> RunAsync(TimeSpan warmUp, TimeSpan duration, CancellationToken cancellation)
    {
        Task[] running = [.. _connections.Select((connection, i) => Task.Run(() => RunConnectionAsync(connection, i, cancellation)))];
        await Task.Delay(warmUp, cancellation);
        (TimeSpan cpu, long events, long start) = (ProcessCpu.Of(serverProcess), EventsSoFar(), Stopwatch.GetTimestamp());
        _isMeasured = true;
        await Task.Delay(duration, cancellation);
        _isMeasured = false;
        cpu = ProcessCpu.Of(serverProcess) - cpu;
        events = EventsSoFar() - events;
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _isOver = true;
        await Task.WhenAll(running);
        double perEvent = cpu.TotalMicroseconds / events;
        return new LoadFigures(perEvent, perEvent * Math.Max(1, shape.Events), _firsts.Percentile(.5) / 1000.0, events / seconds);
    }

    private async Task RunConnectionAsync(CompletionConnection connection, int index, CancellationToken cancellation)
    {
        using CompletionConnection closing = connection;
        await connection.ConnectAsync(port, cancellation);
        // Spread over one answer, so that not all streams begin and end at once.
        TimeSpan answer = shape.Interval * shape.Events / shape.EventsPerWrite;
        await Task.Delay(answer < TimeSpan.FromSeconds(2) ? answer * index / shape.Connections : TimeSpan.FromSeconds(2) * index / shape.Connections, cancellation);
        long sent = 0;
        Action onFirst = () => Record(sent);
        while (!_isOver)
        {
            sent = Stopwatch.GetTimestamp();
            int events = await connection.RunAsync(_request, onFirst, cancellation);
            if (events != Math.Max(1, shape.Events))
            {
                throw new IOException($"An answer had {events} events.");
            }
        }
    }

    private void Record(long sent)
    {
        if (_isMeasured)
        {
            TimeSpan elapsed = Stopwatch.GetElapsedTime(sent);
            lock (_firsts)
            {
                _firsts.Record(elapsed);
            }
        }
    }

    private long EventsSoFar() => _connections.Sum(static connection => connection.Events);
}
