using System.Collections.Concurrent;
using Llumnix.Gateway.Placement;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Gives requests the first engine of a list that is not excluded, and keeps account.</summary>
internal sealed class TestPlacer(params Uri[] engines) : IRequestPlacer
{
    private int _held;

    /// <summary>Instances that are given and not given back.</summary>
    public int Held => Volatile.Read(ref _held);

    /// <summary>Output tokens of the requests whose instances have been given back, in this order.</summary>
    public ConcurrentQueue<int> Lengths { get; } = [];

    /// <summary>What has been asked.</summary>
    public ConcurrentQueue<PlacementQuery> Queries { get; } = [];

    /// <summary>What is answered in place of an engine; asked first.</summary>
    public Func<PlacementRefusal> Refuse { get; set; } = static () => PlacementRefusal.None;

    public ValueTask<PlacementAnswer> PlaceAsync(PlacementQuery query, CancellationToken cancellation)
    {
        Queries.Enqueue(query);
        PlacementRefusal refusal = Refuse();
        if (refusal != PlacementRefusal.None)
        {
            return ValueTask.FromResult(new PlacementAnswer(refusal, null));
        }

        Uri? engine = engines.FirstOrDefault(engine => !query.Excluded.Contains(engine.Authority));
        if (engine is null)
        {
            return ValueTask.FromResult(new PlacementAnswer(PlacementRefusal.AllExcluded, null));
        }

        Interlocked.Increment(ref _held);
        var target = new EngineTarget { Id = engine.Authority, Host = engine.Host, Port = engine.Port };
        return ValueTask.FromResult(new PlacementAnswer(PlacementRefusal.None, new Lease(this, target)));
    }

    public Task RunAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);

    public string? FindReasonNotReady() => null;

    private sealed class Lease(TestPlacer placer, EngineTarget target) : PlacementLease(target)
    {
        protected override ValueTask ReleaseAsync()
        {
            placer.Lengths.Enqueue(FinalOutputTokens);
            Interlocked.Decrement(ref placer._held);
            return ValueTask.CompletedTask;
        }
    }
}
