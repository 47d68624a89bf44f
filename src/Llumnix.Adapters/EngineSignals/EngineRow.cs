using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.EngineSignals;

/// <summary>One engine process, the instances that discovery lists at its address (its data-parallel ranks, or one for all), and what was read of it.</summary>
internal sealed class EngineRow(EngineTarget target)
{
    /// <summary>So many reads in a row must fail until an engine counts as down, or as one that does not tell its load.</summary>
    private const int FailuresUntilOut = 2;

    private readonly Lock _gate = new();
    private readonly EngineMeans _means = new();
    private EngineFace _face;
    private RankSignals[] _ranks = [];
    private long _askedAt;
    private int _brokenConnections;
    private int _answersWithoutLoad;
    private int _failuresInARow;
    private EngineReadFailure _lastFailure;
    private string _lastError = "";
    private bool _hasAnswered;

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

    /// <summary>Whether its connections break, and it has never answered.</summary>
    internal bool IsUnheard
    {
        get
        {
            lock (_gate)
            {
                return !_hasAnswered && _brokenConnections >= FailuresUntilOut;
            }
        }
    }

    /// <summary>Why it is not read, and what was wrong at the last read in a few words; null when one of its last reads succeeded, or none has been made yet.</summary>
    internal (EngineReadFailure Reason, string Error)? Problem
    {
        get
        {
            lock (_gate)
            {
                return _failuresInARow >= FailuresUntilOut ? (_lastFailure, _lastError) : null;
            }
        }
    }

    /// <summary>Whether instances are still those of this process: one of them is known, in the same generation. Otherwise another engine has taken the address.</summary>
    internal bool IsOf(IEnumerable<DiscoveredInstance> instances) =>
        instances.Any(now => Instances.Any(before => before.Id == now.Id && before.Version == now.Version));

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
            _hasAnswered = true;
            bool isChanged = !models.SequenceEqual(Models, StringComparer.Ordinal);
            Models = isChanged ? models : Models;
            return isChanged;
        }
    }

    /// <summary>Notes a successful read.</summary>
    /// <returns>Whether it concerns the readings of other engines: this one is up again, or tells another capacity.</returns>
    internal bool Take(IReadOnlyList<RankSignals> ranks, long askedAt, Func<long, long, double> secondsBetween)
    {
        lock (_gate)
        {
            _hasAnswered = true;
            bool concernsOthers = _brokenConnections >= FailuresUntilOut || !HasCapacitiesOf(ranks);
            double secondsSinceLast = _ranks.Length > 0 ? secondsBetween(_askedAt, askedAt) : 0;
            _ranks = [.. ranks];
            _askedAt = askedAt;
            _brokenConnections = _answersWithoutLoad = _failuresInARow = 0;
            _means.LearnStep(ranks[0].Steps, ranks[0].Running > 0, secondsSinceLast);
            LearnPrompts(ranks);
            Version++;
            return concernsOthers;
        }
    }

    /// <summary>Notes a failure. An engine that answers without telling its load is alive; one that does not answer in time keeps its numbers until they are stale.</summary>
    /// <returns>Whether it concerns the readings of other engines: this one is down, up again, or tells its load no more.</returns>
    internal bool Fail(EngineReadFailure reason, string error)
    {
        lock (_gate)
        {
            bool toldLoad = _ranks.Length > 0;
            bool wasDown = _brokenConnections >= FailuresUntilOut;
            _failuresInARow = Math.Min(_failuresInARow + 1, FailuresUntilOut);
            _lastFailure = reason;
            _lastError = error;
            bool isAnswer = reason is EngineReadFailure.TellsNoLoad or EngineReadFailure.Status or EngineReadFailure.Denied or EngineReadFailure.TooLarge;
            _brokenConnections = reason == EngineReadFailure.Connection ? _brokenConnections + 1 : isAnswer ? 0 : _brokenConnections;
            _answersWithoutLoad = isAnswer ? _answersWithoutLoad + 1 : 0;
            _hasAnswered |= isAnswer;
            bool isDown = _brokenConnections == FailuresUntilOut;
            if (isDown || (isAnswer && (_ranks.Length == 0 || _answersWithoutLoad >= FailuresUntilOut)))
            {
                // Old numbers of an engine that no longer tells any would stay for ever: from now on the own account is all there is.
                _ranks = [];
                _face = EngineFace.Unknown;
                Version++;
            }

            return (toldLoad && _ranks.Length == 0) || wasDown != (_brokenConnections >= FailuresUntilOut);
        }
    }

    /// <summary>Makes the status of an instance from what was read last.</summary>
    /// <param name="instance">One of <see cref="Instances"/>.</param>
    /// <param name="updateId">Number of the status.</param>
    /// <param name="assumedCapacity">KV tokens of an engine that does not tell its capacity.</param>
    /// <param name="isOut">Whether the engine is out since nothing answers at its address.</param>
    /// <param name="clock">Turns timestamps into times.</param>
    internal InstanceStatus MakeStatus(DiscoveredInstance instance, int updateId, long assumedCapacity, bool isOut, ReadingClock clock)
    {
        lock (_gate)
        {
            RankSignals sum = SumOf(instance);
            long capacity = sum.TotalKvTokens ?? assumedCapacity;
            long used = sum.UsedKvTokens ?? (long)((sum.KvUsage ?? 0) * capacity);
            EngineReading? reading = _ranks.Length == 0 ? null : new EngineReading
            {
                AskedAt = _askedAt,
                CoversUntil = _askedAt - clock.Ticks(clock.LagOf(_face, _means.Step)),
                Waiting = Number(sum.Waiting),
                PrefilledTokensTotal = sum.PromptTokens,
                PrefixTokensTotal = sum is { PrefixCacheQueryTokens: { } queried, PrefixCacheHitTokens: { } hit } ? (queried, hit) : null,
                MeanPromptTokens = _means.PromptTokens,
            };
            return new MeteredLoad(sum.Running ?? 0, sum.Waiting ?? 0, used, capacity).ToStatus(
                instance.Id,
                instance.InferType,
                !isOut && sum.IsAwake != false,
                clock.UnixMsOf(_ranks.Length > 0 ? _askedAt : clock.Now),
                updateId,
                reading) with { IsUnreachable = _brokenConnections >= FailuresUntilOut };
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

    private bool HasCapacitiesOf(IReadOnlyList<RankSignals> ranks)
    {
        bool isSame = ranks.Count == _ranks.Length;
        for (int i = 0; isSame && i < _ranks.Length; i++)
        {
            isSame = _ranks[i].TotalKvTokens == ranks[i].TotalKvTokens;
        }

        return isSame;
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
            PrefixCacheHitTokens = Plus(sum.PrefixCacheHitTokens, rank.PrefixCacheHitTokens),
            PrefixCacheQueryTokens = Plus(sum.PrefixCacheQueryTokens, rank.PrefixCacheQueryTokens),
            PromptTokens = Plus(sum.PromptTokens, rank.PromptTokens),
            IsAwake = sum.IsAwake == false || rank.IsAwake == false ? false : sum.IsAwake ?? rank.IsAwake,
        });
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

        _means.LearnPrompts(sum, count);
    }
}
