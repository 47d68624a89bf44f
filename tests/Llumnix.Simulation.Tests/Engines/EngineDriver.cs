using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

/// <summary>Runs an engine model on a virtual clock. Its default latency: prefill 10 + n ms, decode 5 + batch ms.</summary>
internal sealed class EngineDriver(EngineConfiguration configuration)
{
    public static readonly PolynomialLatencyModel Latency =
        new() { PrefillBase = 10, PrefillPerToken = 1, DecodeBase = 5, DecodePerRequest = 1 };

    /// <summary>So small that requests preempt each other; nothing is kept free for them to grow into.</summary>
    public static EngineConfiguration Small(int blocks = 100) =>
        new() { Latency = Latency, KvCapacityTokens = blocks * 16, GrowthReserveBlocks = 0 };

    public EngineModel Model { get; } = new(configuration);

    public TimeSpan Now { get; set; }

    public AdmissionResult Add(
        string id, int prompt, int output, InferType role = InferType.Neutral, ulong[]? ids = null, string? localPrefillId = null, bool isKvPending = false) =>
        Model.Add(
            new EngineRequest
            {
                Id = id, PromptTokens = prompt, OutputTokens = output, Role = role, ContentIds = ids, LocalPrefillId = localPrefillId, IsKvPending = isKvPending,
            },
            Now);

    public InstanceStatus Status() => Model.Status(Now, DateTimeOffset.UnixEpoch + Now);

    /// <summary>One whole step as "id:kind:tokens" texts; empty when there is nothing to compute.</summary>
    public string[] Step()
    {
        if (!Model.TryBeginStep(Now, out TimeSpan duration))
        {
            return [];
        }

        Now += duration;
        return [.. Model.CompleteStep(Now).ToArray().Select(e => $"{e.Request.Id}:{e.Kind}:{e.OutputTokens}")];
    }

    /// <summary>Runs one step and gives its duration in milliseconds; 0 when there was nothing to compute.</summary>
    public double StepMilliseconds()
    {
        TimeSpan before = Now;
        Step();
        return (Now - before).TotalMilliseconds;
    }

    /// <summary>Steps and sleeps until nothing is left that could run.</summary>
    public List<string> RunUntilIdle(int maxSteps = 100_000)
    {
        List<string> events = [];
        for (int i = 0; i < maxSteps; i++)
        {
            int steps = Model.StepId;
            events.AddRange(Step());
            if (Model.StepId > steps)
            {
                continue;
            }

            if (Model.NextWakeAt is not { } wake)
            {
                return events;
            }

            Now = wake > Now ? wake : Now;
        }

        throw new InvalidOperationException("The engine does not come to rest.");
    }
}
