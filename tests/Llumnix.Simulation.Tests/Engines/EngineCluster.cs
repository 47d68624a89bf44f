using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

/// <summary>Several engine models on one virtual clock, and the migrations between them. Checks that each request's tokens come once, in order.</summary>
internal sealed class EngineCluster
{
    private readonly EngineModel[] _engines;
    private readonly TimeSpan?[] _stepEnds;
    private readonly Dictionary<string, int> _emitted = [];

    public EngineCluster(params EngineConfiguration[] engines)
    {
        _engines = [.. engines.Select(configuration => new EngineModel(configuration))];
        _stepEnds = new TimeSpan?[engines.Length];
    }

    /// <summary>Prefill 10 + n ms, decode 5 + batch ms; a token's KV is copied in 1 ms.</summary>
    public static EngineConfiguration Small(int blocks = 100) =>
        EngineDriver.Small(blocks) with { KvBytesPerToken = 1000, KvTransferBytesPerSecond = 1e6 };

    public EngineModel this[int engine] => _engines[engine];

    public TimeSpan Now { get; private set; }

    /// <summary>Transfers that are not over.</summary>
    public List<MigrationTransfer> Transfers { get; } = [];

    /// <summary>"engine:id:tokens@ms" for each token.</summary>
    public List<string> Tokens { get; } = [];

    public HashSet<string> Finished { get; } = [];

    public AdmissionResult Add(int engine, string id, int prompt, int output, InferType role = InferType.Neutral, ulong[]? ids = null)
    {
        AdmissionResult result = _engines[engine].Add(
            new EngineRequest { Id = id, PromptTokens = prompt, OutputTokens = output, Role = role, ContentIds = ids }, Now);
        BeginSteps();
        return result;
    }

    public (MigrationTransfer? Transfer, string? Refusal) Migrate(int from, int to, string id)
    {
        if (MigrationTransfer.TryStart(_engines[from], _engines[to], id, Now, out MigrationTransfer? transfer, out string? refusal)
            && !transfer.State.IsOver())
        {
            Transfers.Add(transfer);
        }

        BeginSteps();
        return (transfer, refusal);
    }

    public IReadOnlyList<string> Pick(int engine, RequestSelectRule rule, RequestSelectOrder order, double value) =>
        _engines[engine].PickForMigration(rule, order, value);

    public InstanceStatus Status(int engine) => _engines[engine].Status(Now, DateTimeOffset.UnixEpoch + Now);

    /// <summary>Ends a request; what it held may let another one begin.</summary>
    public void Abort(int engine, string id)
    {
        _engines[engine].Abort(id);
        BeginSteps();
    }

    public void RunUntil(double milliseconds)
    {
        var end = TimeSpan.FromMilliseconds(milliseconds);
        while (NextEventAt() is { } next && next <= end)
        {
            Happen(next);
        }

        Now = end;
    }

    public void RunUntilIdle(int maxEvents = 100_000)
    {
        for (int i = 0; i < maxEvents; i++)
        {
            if (NextEventAt() is not { } next)
            {
                return;
            }

            Happen(next);
        }

        throw new InvalidOperationException("The engines do not come to rest.");
    }

    /// <summary>Lets the next thing happen, if there is any.</summary>
    public void Advance()
    {
        if (NextEventAt() is { } next)
        {
            Happen(next);
        }
    }

    private TimeSpan? NextEventAt()
    {
        IEnumerable<TimeSpan?> wakes = _engines.Select((engine, i) => _stepEnds[i] ?? engine.NextWakeAt);
        return Transfers.Select(transfer => (TimeSpan?)transfer.Due).Concat(wakes).Min() is { } next ? next < Now ? Now : next : null;
    }

    private void Happen(TimeSpan at)
    {
        Now = at;
        for (int i = 0; i < _engines.Length; i++)
        {
            if (_stepEnds[i] <= Now)
            {
                _stepEnds[i] = null;
                foreach (StepEvent stepEvent in _engines[i].CompleteStep(Now))
                {
                    Observe(i, stepEvent);
                }
            }
        }

        Transfers.ForEach(transfer => transfer.Advance(Now));
        Transfers.RemoveAll(transfer => transfer.State.IsOver());
        BeginSteps();
    }

    private void Observe(int engine, StepEvent stepEvent)
    {
        if (stepEvent.Kind is StepEventKind.Token or StepEventKind.Finished)
        {
            string id = stepEvent.Request.Id;
            Assert.DoesNotContain(id, Finished);
            Assert.Equal(_emitted.GetValueOrDefault(id) + 1, stepEvent.OutputTokens);
            _emitted[id] = stepEvent.OutputTokens;
            Tokens.Add($"{engine}:{id}:{stepEvent.OutputTokens}@{Now.TotalMilliseconds}");
        }

        if (stepEvent.Kind == StepEventKind.Finished)
        {
            Assert.Equal(stepEvent.Request.Role == InferType.Prefill ? 1 : stepEvent.Request.OutputTokens, stepEvent.OutputTokens);
            Finished.Add(stepEvent.Request.Id);
        }
    }

    private void BeginSteps()
    {
        for (int i = 0; i < _engines.Length; i++)
        {
            if (_stepEnds[i] is null && _engines[i].TryBeginStep(Now, out TimeSpan duration))
            {
                _stepEnds[i] = Now + duration;
            }
        }
    }
}
