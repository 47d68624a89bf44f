using Llumnix.Adapters.Discovery;
using Llumnix.Testing.Instances;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Time;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>A source that runs over real servers until it is disposed of, with a clock that can be set forward.</summary>
internal sealed class DiscoveryRun<TSource> : IAsyncDisposable
    where TSource : IDiscoverySource
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public DiscoveryRun(SourceMaker<TSource> make)
    {
        Source = make(Sink, Clock, Log, Observer);
        _running = Source.RunAsync(_stop.Token);
    }

    public RecordingDiscoverySink Sink { get; } = new();

    public RecordingDiscoveryObserver Observer { get; } = new();

    public ShiftedTimeProvider Clock { get; } = new();

    public RecordingLogger<TSource> Log { get; } = new();

    public TSource Source { get; }

    /// <summary>The lines about what is not usable.</summary>
    public IEnumerable<string> Warnings => Log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal));

    /// <summary>Completes when the source says that its store answers, or that it does not.</summary>
    public Task WaitForAvailabilityAsync(bool isAvailable) => Log.WaitUntilAsync(_ => Source.State.Available == isAvailable);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running.WaitAsync(TimeSpan.FromSeconds(30)));
        _stop.Dispose();
    }
}
