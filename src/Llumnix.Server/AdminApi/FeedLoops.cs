using System.Threading.Channels;
using Llumnix.Server.Hosting;

namespace Llumnix.Server.AdminApi;

/// <summary>
/// Lets a feed look: at everything at intervals, and at the health of the fleet when there is reason to. Not at short intervals: to wake up ten times in a second would cost more
/// than the looks themselves.
/// </summary>
/// <param name="feed">The feed.</param>
/// <param name="mode">Tells when there is reason to look at the health.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of looks that failed.</param>
internal sealed partial class FeedLoops(AdminFeed feed, SchedulingModeRuntime mode, TimeProvider time, ILogger<AdminFeed> logger)
{
    /// <summary>Shortest time between two looks at the health.</summary>
    internal static readonly TimeSpan HealthPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Holds something while the health of an instance may have changed and nobody has looked.</summary>
    private readonly Channel<bool> _healthNews = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Runs until it is cancelled; then the streams of the feed's clients end.</summary>
    internal async Task RunAsync(CancellationToken cancellation)
    {
        mode.HealthFound += OnHealthFound;
        try
        {
            await Task.WhenAll(LookAsync(cancellation), LookAtHealthAsync(cancellation));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            mode.HealthFound -= OnHealthFound;
            feed.Clients.End();
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(AdminFeed.Tick, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            Try(feed.Look);
        }
    }

    private async Task LookAtHealthAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await _healthNews.Reader.ReadAsync(cancellation);
            Try(feed.LookAtHealth);
            await Task.Delay(HealthPause, time, cancellation);
        }
    }

    private void OnHealthFound()
    {
        if (feed.Clients.Count > 0)
        {
            _healthNews.Writer.TryWrite(true);
        }
    }

    private void Try(Action look)
    {
        try
        {
            look();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A fault of one look must not end the console.
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Error, "The console could not take a look at the scheduler")]
    private partial void LogFailed(Exception exception);
}
