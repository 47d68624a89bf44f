using Llumnix.Scheduling.Collections;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Scheduling.Dispatch;

/// <summary>
/// Counts own requests on engines whose metrics are read. Such a reading gives numbers and names no requests, so the load is
/// <c>reading + placed since − ended since</c>, and the uncomputed prompt tokens, which no engine exports, are the ledger's alone.
/// </summary>
/// <remarks>
/// Engines admit in order of arrival: of the requests that a reading covers, the newest ones wait and the older ones were admitted. A prefill ends with
/// the first token that a gateway reports, or when the engine's own count of prefilled tokens has passed it (<see cref="PrefillCredit"/>).
/// </remarks>
/// <remarks>
/// Guarded by the scheduler's lock. Each entry is in three lists: by request, by instance (in order of placement) and by age. Steady traffic
/// allocates nothing. Invariant: every instance's sums equal the sums over its entries.
/// </remarks>
/// <param name="onLoadChanged">Called after an instance's sums changed.</param>
/// <param name="maxEntries">Largest number of entries; a further one replaces the entry that was silent for longest.</param>
/// <param name="journal">Where changes are told to other replicas; null without replicas.</param>
/// <param name="find">Finds the instance of an id; needed with replicas only.</param>
internal sealed partial class ReconciledLedger(
    Action<FullModeInstance> onLoadChanged,
    int maxEntries = 1 << 20,
    LedgerJournal? journal = null,
    Func<string, FullModeInstance?>? find = null)
{
    /// <summary>Mean prompt tokens of requests of others where neither the engine nor own requests tell.</summary>
    private const double AssumedPromptTokens = 512;

    /// <summary>Weight of the newest own prompt in the running mean.</summary>
    private const double MeanWeight = 0.02;

    private readonly EntryPool<ReconciledEntry> _entries = new();
    private readonly TextIndex _byRequest = new();
    private readonly IndexLinks _byInstance = new();
    private readonly IndexLinks _byAge = new();
    private IndexList _age;
    private double? _meanPromptTokens;

    /// <summary>Number of entries, those included whose end no reading shows yet.</summary>
    internal int Count => _entries.Count;

    /// <summary>Number of entries dropped by age or for want of room, since the start.</summary>
    internal long ExpiredTotal { get; private set; }

    /// <summary>Adds a placement. It ends one of the same request in the same role, on any instance.</summary>
    internal void Add(string requestId, FullModeInstance instance, InferType role, long tokens, long uncomputedTokens, long now)
    {
        EndRole(requestId, role, now);
        Insert(new ReconciledEntry
        {
            RequestId = requestId,
            Instance = instance,
            Role = role,
            Tokens = tokens,
            PromptTokens = tokens,
            UncomputedTokens = uncomputedTokens,
            AddedAt = now,
            TouchedAt = now,
            Origin = journal?.NewOrigin ?? default,
        });
        journal?.Append(Describe(in _entries[instance.LedgerEntries.Last]));
    }

    private void Insert(in ReconciledEntry entry)
    {
        if (Count >= maxEntries)
        {
            Expire(_age.First);
        }

        int index = _entries.Allocate();
        FullModeInstance instance = entry.Instance;
        _entries[index] = entry;
        _meanPromptTokens = _meanPromptTokens is { } mean ? mean + (MeanWeight * (entry.PromptTokens - mean)) : entry.PromptTokens;
        _byRequest.Add(entry.RequestId, index);
        _byInstance.AddLast(ref instance.LedgerEntries, index);
        _byAge.AddLast(ref _age, index);
        journal?.Count(in entry.Origin, +1);
        instance.Dispatched = Plus(instance.Dispatched, entry.Dispatched, +1);
        onLoadChanged(instance);
    }

    /// <summary>
    /// Ends a request's entries on an instance, in the given role or in all when none is given. The host must be normalized. Unknown entries change
    /// nothing.
    /// </summary>
    internal void Release(string requestId, in ReleasedInstance instance, long now)
    {
        int index = _byRequest.First(requestId);
        while (index != 0)
        {
            ref ReconciledEntry entry = ref _entries[index];
            int next = _byRequest.Next(index);
            if ((instance.Role is null || entry.Role == instance.Role) && instance.Names(entry.Instance))
            {
                EndAndTell(index, now);
            }

            index = next;
        }
    }

    /// <summary>Takes over how far a request is. Unknown requests change nothing.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="wireId">The instance's id in the answer.</param>
    /// <param name="tokens">Tokens of prompt and output so far.</param>
    /// <param name="isPrefillDone">Whether its first token is out.</param>
    /// <param name="now">Monotonic timestamp.</param>
    /// <returns>Whether there is such a request.</returns>
    internal bool Report(ReadOnlySpan<char> requestId, ReadOnlySpan<char> wireId, long tokens, bool isPrefillDone, long now)
    {
        bool isKnown = false;
        for (int index = _byRequest.First(requestId); index != 0; index = _byRequest.Next(index))
        {
            ref ReconciledEntry entry = ref _entries[index];
            if (entry.Phase == EntryPhase.Ended || !wireId.SequenceEqual(entry.Instance.Address.WireId))
            {
                continue;
            }

            isKnown = true;
            Progress(index, tokens, isPrefillDone, now);
            Tell(LedgerChangeKind.Progressed, index);
        }

        return isKnown;
    }

    private void Progress(int index, long tokens, bool isPrefillDone, long now)
    {
        ReconciledEntry entry = _entries[index];
        entry.Tokens = Math.Max(entry.Tokens, tokens);
        if (isPrefillDone && !entry.HasFirstToken)
        {
            Owe(in entry);
            entry.HasFirstToken = true;
        }

        entry.Phase = entry.HasFirstToken && entry.Phase is EntryPhase.Prefilling or EntryPhase.Waiting ? AfterFirstToken(in entry) : entry.Phase;
        Touch(index, ref entry, now);
        Put(index, in entry);
    }

    /// <summary>
    /// Brings an instance's entries in line with a reading of its metrics. A status without a reading counts nothing, so that the whole load of own requests is
    /// the ledger's again.
    /// </summary>
    internal void Reconcile(FullModeInstance instance, InstanceStatus status)
    {
        if (status.Reading is not { } reading)
        {
            Uncover(instance);
            return;
        }

        int covered = DropEndedAndCountUnadmitted(instance, reading);
        int admitted = Math.Max(0, covered - (reading.Waiting ?? 0));
        instance.PrefillCredit.Take(reading.PrefilledTokensTotal);
        bool isAnyPrefillUnderWay = false;
        int position = 0;
        for (int index = instance.LedgerEntries.First; index != 0; index = _byInstance.Next(index))
        {
            ReconciledEntry entry = _entries[index];
            if (IsCovered(in entry, reading) && entry.Phase is EntryPhase.InFlight or EntryPhase.Waiting)
            {
                bool isAdmitted = entry.HasFirstToken || position++ < admitted;
                entry.Phase = !isAdmitted ? EntryPhase.Waiting : AfterFirstToken(in entry);
                Put(index, in entry);
            }

            if (entry.IsPrefillOutstanding)
            {
                isAnyPrefillUnderWay |= !TryEndPrefill(index, entry, reading);
            }
        }

        instance.PrefillCredit.Settle(isAnyPrefillUnderWay);
        int ownWaiting = covered - Math.Min(covered, admitted);
        SetForeignWaiting(instance, Math.Max(0, (reading.Waiting ?? 0) - ownWaiting), reading);
    }

    /// <summary>Drops the entries of which nothing was heard since a moment.</summary>
    internal void ExpireUntil(long moment)
    {
        while (!_age.IsEmpty && _entries[_age.First].TouchedAt <= moment)
        {
            Expire(_age.First);
        }
    }

    /// <summary>Removes all entries of an instance that has left or was restarted.</summary>
    internal void Forget(FullModeInstance instance)
    {
        while (!instance.LedgerEntries.IsEmpty)
        {
            TellIfOwn(LedgerChangeKind.Ended, instance.LedgerEntries.First);
            Remove(instance.LedgerEntries.First);
        }

        instance.KnownWaitingPrefillTokens = 0;
        instance.PrefillCredit = default;
    }

    private static EntryPhase AfterFirstToken(in ReconciledEntry entry) =>
        entry.HasFirstToken || entry.Role == InferType.Decode ? EntryPhase.Running : EntryPhase.Prefilling;

    /// <summary>A request in flight is covered by age; a later phase was covered by an earlier reading.</summary>
    private static bool IsCovered(in ReconciledEntry entry, EngineReading reading) =>
        entry.Phase != EntryPhase.InFlight || entry.AddedAt <= reading.CoversUntil;

    /// <summary>Notes that a prefill has ended by a report or a release, so that its tokens in the engine's count end no other one.</summary>
    private static void Owe(in ReconciledEntry entry)
    {
        if (entry.IsPrefillOutstanding)
        {
            entry.Instance.PrefillCredit.Owe(entry.PromptTokens);
        }
    }

    private static DispatchedLoad Plus(DispatchedLoad load, DispatchedLoad other, int sign) => new(
        load.Requests + (sign * other.Requests),
        load.PrefillRequests + (sign * other.PrefillRequests),
        load.UncomputedPrefillTokens + (sign * other.UncomputedPrefillTokens),
        load.DecodeRequests + (sign * other.DecodeRequests),
        load.DecodeTokens + (sign * other.DecodeTokens));

    private static EndedLoad Plus(EndedLoad load, EndedLoad other, int sign) =>
        new(load.DecodeRequests + (sign * other.DecodeRequests), load.Tokens + (sign * other.Tokens));

    /// <summary>Removes the entries whose end the reading shows.</summary>
    /// <returns>The number of covered entries that wait or may wait.</returns>
    private int DropEndedAndCountUnadmitted(FullModeInstance instance, EngineReading reading)
    {
        int count = 0;
        int next;
        for (int index = instance.LedgerEntries.First; index != 0; index = next)
        {
            next = _byInstance.Next(index);
            ref ReconciledEntry entry = ref _entries[index];
            if (entry.Phase == EntryPhase.Ended && entry.TouchedAt <= reading.AskedAt)
            {
                Remove(index);
            }
            else if (IsCovered(in entry, reading) && entry is { Phase: EntryPhase.InFlight or EntryPhase.Waiting, HasFirstToken: false })
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>
    /// Ends the prefill of an entry when the engine has prefilled about its prompt; oldest first, as engines compute. This may be before a reading covers the request,
    /// since what covers it is reckoned with a margin. Where the engine does not count, a prefill is taken to last for one reading.
    /// </summary>
    /// <returns>Whether it has ended.</returns>
    private bool TryEndPrefill(int index, ReconciledEntry entry, EngineReading reading)
    {
        bool isEnded = entry.Instance.PrefillCredit.IsKnown
            ? entry.Phase != EntryPhase.Waiting && entry.AddedAt <= reading.AskedAt && entry.Instance.PrefillCredit.TryPay(entry.PromptTokens)
            : entry.AdmittedBy != 0 && entry.AdmittedBy != reading.AskedAt;
        if (isEnded)
        {
            entry.HasFirstToken = true;
            entry.Phase = entry.Phase == EntryPhase.Prefilling ? EntryPhase.Running : entry.Phase;
            Put(index, in entry);
        }
        else if (entry is { Phase: EntryPhase.Prefilling, AdmittedBy: 0 })
        {
            entry.AdmittedBy = reading.AskedAt;
            Put(index, in entry);
        }

        return isEnded;
    }

    private void Uncover(FullModeInstance instance)
    {
        int next;
        for (int index = instance.LedgerEntries.First; index != 0; index = next)
        {
            next = _byInstance.Next(index);
            ReconciledEntry entry = _entries[index];
            if (entry.Phase == EntryPhase.Ended)
            {
                Remove(index);
            }
            else if (entry.Phase != EntryPhase.InFlight)
            {
                (entry.Phase, entry.AdmittedBy) = (EntryPhase.InFlight, 0);
                Put(index, in entry);
            }
        }

        instance.PrefillCredit = default;
        if (instance.KnownWaitingPrefillTokens != 0)
        {
            instance.KnownWaitingPrefillTokens = 0;
            onLoadChanged(instance);
        }
    }

    private void SetForeignWaiting(FullModeInstance instance, int requests, EngineReading reading)
    {
        long tokens = (long)(requests * (reading.MeanPromptTokens ?? _meanPromptTokens ?? AssumedPromptTokens));
        if (tokens != instance.KnownWaitingPrefillTokens)
        {
            instance.KnownWaitingPrefillTokens = tokens;
            onLoadChanged(instance);
        }
    }

    private void EndRole(string requestId, InferType role, long now)
    {
        int next;
        for (int index = _byRequest.First(requestId); index != 0; index = next)
        {
            next = _byRequest.Next(index);
            if (_entries[index].Role == role)
            {
                EndAndTell(index, now);
            }
        }
    }

    /// <summary>Ends an entry: one that no reading covers is gone; any other is subtracted until a reading shows its end.</summary>
    private void End(int index, long now)
    {
        ReconciledEntry entry = _entries[index];
        Owe(in entry);
        if (entry.Phase is EntryPhase.InFlight || entry.Role == InferType.Prefill)
        {
            Remove(index);
        }
        else if (entry.Phase != EntryPhase.Ended)
        {
            entry.EndedIn = entry.Phase;
            entry.Phase = EntryPhase.Ended;
            Touch(index, ref entry, now);
            Put(index, in entry);
        }
    }

    private void Expire(int index)
    {
        ExpiredTotal++;
        TellIfOwn(LedgerChangeKind.Ended, index);
        Remove(index);
    }

    private void Touch(int index, ref ReconciledEntry entry, long now)
    {
        entry.TouchedAt = now;
        _byAge.Remove(ref _age, index);
        _byAge.AddLast(ref _age, index);
    }

    /// <summary>Replaces an entry and brings its instance's sums in line.</summary>
    private void Put(int index, in ReconciledEntry entry)
    {
        ReconciledEntry before = _entries[index];
        _entries[index] = entry;
        FullModeInstance instance = entry.Instance;
        if (before.Dispatched != entry.Dispatched || before.Ended != entry.Ended)
        {
            instance.Dispatched = Plus(Plus(instance.Dispatched, before.Dispatched, -1), entry.Dispatched, +1);
            instance.Ended = Plus(Plus(instance.Ended, before.Ended, -1), entry.Ended, +1);
            onLoadChanged(instance);
        }
    }

    private void Remove(int index)
    {
        ReconciledEntry entry = _entries[index];
        FullModeInstance instance = entry.Instance;
        _byRequest.Remove(entry.RequestId, index);
        _byInstance.Remove(ref instance.LedgerEntries, index);
        _byAge.Remove(ref _age, index);
        journal?.Count(in entry.Origin, -1);
        _entries.Recycle(index);
        instance.Dispatched = Plus(instance.Dispatched, entry.Dispatched, -1);
        instance.Ended = Plus(instance.Ended, entry.Ended, -1);
        onLoadChanged(instance);
    }
}
