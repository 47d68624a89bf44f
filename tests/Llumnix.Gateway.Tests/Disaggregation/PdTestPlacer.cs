using System.Collections.Concurrent;
using Llumnix.Gateway.Placement;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>Gives requests the first prefill and decode engines that are not excluded, and keeps account of each role.</summary>
internal sealed class PdTestPlacer(IReadOnlyList<Uri> prefill, IReadOnlyList<Uri> decode) : IRequestPlacer
{
    private readonly int[] _held = new int[3];

    /// <summary>Data-parallel rank and size of decode engines.</summary>
    public (int Rank, int Size) DecodeRank { get; init; }

    /// <summary>Port of the prefill engines' KV transfer; 0: not known.</summary>
    public int AuxPort { get; init; } = 7777;

    /// <summary>What is answered when a decode instance is asked for alone.</summary>
    public PlacementRefusal DecodeRefusal { get; init; }

    /// <summary>The end of every release; null: at once.</summary>
    public Func<Task>? Settle { get; init; }

    /// <summary>What has been asked.</summary>
    public ConcurrentQueue<PlacementQuery> Queries { get; } = [];

    /// <summary>Uses of all instances that have not been given back.</summary>
    public int Held => HeldFor(InferType.Prefill) + HeldFor(InferType.Decode);

    /// <summary>Uses of instances of one role that have not been given back.</summary>
    public int HeldFor(InferType role) => Volatile.Read(ref _held[(int)role]);

    public ValueTask<PlacementAnswer> PlaceAsync(PlacementQuery query, CancellationToken cancellation)
    {
        Queries.Enqueue(query);
        return ValueTask.FromResult(query switch
        {
            { Mode: SchedulingMode.PdStaged, Stage: InferType.Prefill } => Answer(Find(prefill, query)),
            { Mode: SchedulingMode.PdStaged, Stage: InferType.Decode } => DecodeRefusal == PlacementRefusal.None
                ? Answer(Find(decode, query), InferType.Decode) : new PlacementAnswer(DecodeRefusal, null),
            { Mode: SchedulingMode.PdBatch } => Find(prefill, query) is { } first && Find(decode, query) is { } second
                ? new PlacementAnswer(PlacementRefusal.None, Take(first, InferType.Prefill), Take(second, InferType.Decode))
                : new PlacementAnswer(PlacementRefusal.AllExcluded, null),
            _ => new PlacementAnswer(PlacementRefusal.NotFound, null),
        });
    }

    public Task RunAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);

    public string? FindReasonNotReady() => null;

    private static Uri? Find(IReadOnlyList<Uri> engines, PlacementQuery query) => engines.FirstOrDefault(engine => !query.Excluded.Contains(engine.Authority));

    private PlacementAnswer Answer(Uri? engine, InferType role = InferType.Prefill) =>
        engine is null ? new PlacementAnswer(PlacementRefusal.AllExcluded, null) : new PlacementAnswer(PlacementRefusal.None, Take(engine, role));

    private Lease Take(Uri engine, InferType role)
    {
        Interlocked.Increment(ref _held[(int)role]);
        (int rank, int size) = role == InferType.Decode ? DecodeRank : default;
        return new Lease(this, new EngineTarget
        {
            Id = engine.Authority,
            Host = engine.Host,
            Port = engine.Port,
            Role = role,
            AuxIp = "10.1.2.3",
            AuxPort = AuxPort,
            DataParallelRank = rank,
            DataParallelSize = size,
        });
    }

    private sealed class Lease(PdTestPlacer placer, EngineTarget target) : PlacementLease(target)
    {
        public override Task Settled => placer.Settle?.Invoke() ?? Task.CompletedTask;

        protected override ValueTask ReleaseAsync()
        {
            Interlocked.Decrement(ref placer._held[(int)Target.Role]);
            return ValueTask.CompletedTask;
        }
    }
}
