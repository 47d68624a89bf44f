using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>One engine process, the instances that discovery lists at its address (its data-parallel ranks, or one for all), and what was read of it.</summary>
internal sealed class EngineRow(EngineTarget target)
{
    /// <summary>So many reads in a row must fail until an engine counts as down, or as one that does not tell its load.</summary>
    private const int FailuresUntilOut = 2;

    /// <summary>Weight of the newest sample in running means.</summary>
    private const double MeanWeight = 0.2;

    private readonly Lock _gate = new();
    private EngineFace _face;
    private RankSignals[] _ranks = [];
    private long _askedAt;
    private double _stepSeconds;
    private double? _meanPromptTokens;
    private (long? Steps, double? PromptSum, long? PromptCount) _last;
    private int _brokenConnections;
    private int _answersWithoutLoad;

    /// <summary>What is read.</summary>
    internal EngineTarget Target { get; } = target;

    /// <summary>The instances at this address. Replaced by the source.</summary>
    internal IReadOnlyList<DiscoveredInstance> Instances { get; set; } = [];

    /// <summary>The models that the engine serves; empty while it has not told any. Another object only when they have changed.</summary>
    internal IReadOnlyList<string> Models { get; private set; } = [];

    /// <summary>Grows with everything that was heard of the engine.</summary>
    internal long Version { get; private set; }

    /// <summary>What tells the engine's load; <see cref="EngineFace.Unknown"/> where nothing does, and the own account is all there is.</summary>
    internal EngineFace Face
    {
        get
        {
            lock (_gate)
            {
                return _face;
            }
        }
    }

    /// <summary>Whether the engine's connections break.</summary>
    internal bool IsDown
    {
        get
        {
            lock (_gate)
            {
                return _brokenConnections >= FailuresUntilOut;
            }
        }
    }

    internal void Recognise(EngineFace face)
    {
        lock (_gate)
        {
            _face = face;
        }
    }

    /// <returns>Whether they have changed.</returns>
    internal bool TakeModels(IReadOnlyList<string> models)
    {
        lock (_gate)
        {
            bool isChanged = !models.SequenceEqual(Models, StringComparer.Ordinal);
            Models = isChanged ? models : Models;
            return isChanged;
        }
    }

    internal void Take(IReadOnlyList<RankSignals> ranks, long askedAt, Func<long, long, double> secondsBetween)
    {
        lock (_gate)
        {
            double secondsSinceLast = _ranks.Length > 0 ? secondsBetween(_askedAt, askedAt) : 0;
            _ranks = [.. ranks];
            _askedAt = askedAt;
            _brokenConnections = _answersWithoutLoad = 0;
            LearnStep(ranks[0], secondsSinceLast);
            LearnPrompts(ranks);
            Version++;
        }
    }

    /// <summary>Notes a failure. An engine that answers without telling its load is alive; one that does not answer in time keeps its numbers until they are stale.</summary>
    internal void Fail(EngineReadFailure reason)
    {
        lock (_gate)
        {
            bool isAnswer = reason is EngineReadFailure.TellsNoLoad or EngineReadFailure.Status or EngineReadFailure.TooLarge;
            _brokenConnections = reason == EngineReadFailure.Connection ? _brokenConnections + 1 : isAnswer ? 0 : _brokenConnections;
            _answersWithoutLoad = isAnswer ? _answersWithoutLoad + 1 : 0;
            bool isDown = _brokenConnections == FailuresUntilOut;
            if (isDown || (isAnswer && (_ranks.Length == 0 || _answersWithoutLoad >= FailuresUntilOut)))
            {
                // Old numbers of an engine that no longer tells any would stay for ever: from now on the own account is all there is.
                _ranks = [];
                _face = EngineFace.Unknown;
                Version++;
            }
        }
    }

    /// <summary>Makes the status of an instance from what was read last.</summary>
    /// <param name="instance">One of <see cref="Instances"/>.</param>
    /// <param name="updateId">Number of the status.</param>
    /// <param name="assumedCapacity">KV tokens of an engine that does not tell its capacity.</param>
    /// <param name="isOut">Whether the engine takes no requests.</param>
    /// <param name="clock">Turns timestamps into times.</param>
    internal InstanceStatus MakeStatus(DiscoveredInstance instance, int updateId, long assumedCapacity, bool isOut, ReadingClock clock)
    {
        lock (_gate)
        {
            RankSignals sum = SumOf(instance);
            long capacity = sum.TotalKvTokens ?? assumedCapacity;
            long used = sum.UsedKvTokens ?? (long)((sum.KvUsage ?? 0) * capacity);
            bool isDecoding = instance.InferType != InferType.Prefill;
            int running = Number(sum.Running), waiting = Number(sum.Waiting);
            return new InstanceStatus
            {
                InstanceId = instance.Id,
                Schedulable = !isOut && sum.IsAwake != false,
                TimestampMs = clock.UnixMsOf(_ranks.Length > 0 ? _askedAt : clock.Now),
                UpdateId = updateId,
                RunningRequestCount = running,
                WaitingRequestCount = waiting,
                SchedulerRunningToDecodeRequests = isDecoding ? running : 0,
                SchedulerWaitingToDecodeRequests = isDecoding ? waiting : 0,
                SchedulerRunningToDecodeTokens = isDecoding ? Number(used) : 0,
                TotalGpuTokens = Number(capacity),
                UsedGpuTokens = Number(used),
                Reading = _ranks.Length == 0 ? null : new EngineReading
                {
                    AskedAt = _askedAt,
                    CoversUntil = _askedAt - clock.Ticks(clock.LagOf(_face, _stepSeconds)),
                    Waiting = waiting,
                    PrefilledTokensTotal = sum.PromptTokens,
                    MeanPromptTokens = _meanPromptTokens,
                },
            };
        }
    }

    /// <summary>KV capacity of one of its instances as the engine tells it; null when it does not.</summary>
    internal long? CapacityOf(DiscoveredInstance instance)
    {
        lock (_gate)
        {
            return SumOf(instance).TotalKvTokens;
        }
    }

    private static int Number(long? value) => (int)Math.Clamp(value ?? 0, 0, int.MaxValue);

    private static long? Plus(long? a, long? b) => a is { } x && b is { } y ? x + y : null;

    /// <summary>The rank of an instance that is one of several at its address; otherwise all ranks together. A sum is known when each part is.</summary>
    private RankSignals SumOf(DiscoveredInstance instance)
    {
        if (Instances.Count > 1)
        {
            return Array.Find(_ranks, rank => rank.Rank == instance.DataParallelRank);
        }

        return _ranks.Length == 0 ? default : _ranks.Skip(1).Aggregate(_ranks[0], static (sum, rank) => sum with
        {
            Running = Plus(sum.Running, rank.Running),
            Waiting = Plus(sum.Waiting, rank.Waiting),
            UsedKvTokens = Plus(sum.UsedKvTokens, rank.UsedKvTokens),
            TotalKvTokens = Plus(sum.TotalKvTokens, rank.TotalKvTokens),
            KvUsage = sum.KvUsage is { } a && rank.KvUsage is { } b ? Math.Max(a, b) : null,
            PromptTokens = Plus(sum.PromptTokens, rank.PromptTokens),
            IsAwake = sum.IsAwake == false || rank.IsAwake == false ? false : sum.IsAwake ?? rank.IsAwake,
        });
    }

    /// <summary>Mean duration of a step while the engine is busy; an engine that made few steps in a long time was idle.</summary>
    private void LearnStep(in RankSignals rank, double secondsSinceLast)
    {
        if (rank.Steps is { } steps && _last.Steps is { } before && steps > before && rank.Running > 0 && secondsSinceLast > 0)
        {
            double seconds = secondsSinceLast / (steps - before);
            _stepSeconds = _stepSeconds == 0 ? seconds : _stepSeconds + (MeanWeight * (seconds - _stepSeconds));
        }

        _last.Steps = rank.Steps;
    }

    private void LearnPrompts(IReadOnlyList<RankSignals> ranks)
    {
        double? sum = 0;
        long? count = 0;
        foreach (RankSignals rank in ranks)
        {
            sum += rank.RequestPromptTokensSum;
            count += rank.RequestPromptTokensCount;
        }

        if (sum - _last.PromptSum is { } tokens and >= 0 && count - _last.PromptCount is { } requests and > 0)
        {
            double mean = tokens / requests;
            _meanPromptTokens = _meanPromptTokens is { } known ? known + (MeanWeight * (mean - known)) : mean;
        }
        else if (_meanPromptTokens is null && count > 0)
        {
            _meanPromptTokens = sum / count;
        }

        (_last.PromptSum, _last.PromptCount) = (sum, count);
    }
}
