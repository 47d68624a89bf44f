using System.Diagnostics.CodeAnalysis;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Simulation.Engines;

public sealed partial class EngineModel
{
    private readonly List<Sequence> _migratingOut = [];
    private readonly List<Sequence> _migratingIn = [];

    /// <summary>Requests being migrated out, copying or stopped.</summary>
    public int MigratingOutCount => _migratingOut.Count;

    /// <summary>Reservations for requests being migrated in.</summary>
    public int MigratingInCount => _migratingIn.Count;

    /// <summary>Whether the engine holds a request of this id; a reservation for an incoming migration does not count.</summary>
    public bool Holds(string requestId) => _byId.TryGetValue(requestId, out Sequence? sequence) && sequence.Phase != SequencePhase.Reserved;

    /// <summary>Picks the requests that a migration of this size moves, in order.</summary>
    /// <param name="rule">The unit of <paramref name="value"/>.</param>
    /// <param name="order">Running (decoding) requests, waiting ones, or both. A migration of all takes both in any case.</param>
    /// <param name="value">
    /// Number of requests, -1 for all; or what the picked requests hold together at least: tokens, or a share of the KV capacity.
    /// </param>
    public IReadOnlyList<string> PickForMigration(RequestSelectRule rule, RequestSelectOrder order, double value) =>
        MigrationPick.Of(_running, _waiting, order, rule, rule == RequestSelectRule.CacheRatio ? value * TotalBlocks * Configuration.BlockSize : value);

    /// <summary>Begins the source's half of a migration.</summary>
    /// <param name="requestId">A request that waits or decodes here.</param>
    /// <param name="now">The time.</param>
    /// <param name="migration">The migration.</param>
    /// <param name="refusal">Why there is no migration.</param>
    public bool TryMigrateOut(
        string requestId,
        TimeSpan now,
        [NotNullWhen(true)] out MigrationSource? migration,
        [NotNullWhen(false)] out string? refusal)
    {
        migration = null;
        refusal = _byId.GetValueOrDefault(requestId) switch
        {
            null => "the source does not hold the request",
            { Migration: not null } => "the request is being migrated",
            { IsKvPending: true } => "the request's prompt is being computed elsewhere",
            { Phase: not (SequencePhase.Waiting or SequencePhase.Decoding) } => "the request neither waits nor decodes",
            _ when _migratingOut.Count >= Configuration.MaxMigrationsOut => "the source has no migrate-out slot",
            _ => null,
        };
        if (refusal is not null)
        {
            return false;
        }

        Sequence sequence = _byId[requestId];
        sequence.Migration = migration = new MigrationSource(this, sequence, now);
        _migratingOut.Add(sequence);
        UpdateId++;
        return true;
    }

    /// <summary>Begins the destination's half of a migration: takes a slot and reserves KV blocks.</summary>
    /// <param name="request">The request as it stands at the source.</param>
    /// <param name="migration">The migration.</param>
    /// <param name="refusal">Why there is no migration.</param>
    public bool TryMigrateIn(
        MigratingRequest request,
        [NotNullWhen(true)] out MigrationDestination? migration,
        [NotNullWhen(false)] out string? refusal)
    {
        ArgumentNullException.ThrowIfNull(request);
        migration = null;
        var sequence = new Sequence(request.Request, CompletePrefix(request.Request)) { Phase = SequencePhase.Reserved, Emitted = request.EmittedTokens };
        refusal = Check(request.Request) switch
        {
            AdmissionResult.DuplicateId => "the destination holds a request with this id",
            AdmissionResult.TooLong or AdmissionResult.Empty => "the destination cannot hold the request",
            AdmissionResult.QueueFull when !request.HasKv => "too many requests wait at the destination",
            _ when _migratingIn.Count >= Configuration.MaxMigrationsIn => "the destination has no migrate-in slot",
            _ when !_blocks.TryGrow(sequence, request.ComputedTokens) => "the destination has no KV space",
            _ => null,
        };
        if (refusal is not null)
        {
            return false;
        }

        _byId.Add(request.Request.Id, sequence);
        _migratingIn.Add(sequence);
        migration = new MigrationDestination(this, sequence);
        UpdateId++;
        return true;
    }

    internal bool IsReserved(Sequence sequence) => sequence.Phase == SequencePhase.Reserved && _migratingIn.Contains(sequence);

    internal bool TryGrowReservation(Sequence sequence, int tokens)
    {
        int before = sequence.Blocks;
        bool grown = _blocks.TryGrow(sequence, tokens);
        UpdateId += sequence.Blocks != before ? 1 : 0;
        return grown;
    }

    /// <summary>Continues a migrated request on this engine.</summary>
    internal void Resume(Sequence sequence, MigratingRequest request, TimeSpan now)
    {
        _migratingIn.Remove(sequence);
        sequence.Emitted = request.EmittedTokens;
        sequence.Computed = request.ComputedTokens;
        sequence.NeedsLoad = request.NeedsLoad;
        sequence.IsPrefilledBefore |= request.HasKv || request.EmittedTokens > 0;
        UpdateId++;
        if (request.HasKv)
        {
            _blocks.ShareComputedPrefix(sequence);
            BecomeRunnable(sequence, now);
            return;
        }

        sequence.Phase = SequencePhase.Waiting;
        _waiting.AddLast(sequence);
        _recent.Add(sequence.Request.Id, now);
    }

    /// <summary>Takes a request out of the batch or the queue. It keeps its blocks; a token of the step in progress is lost.</summary>
    internal void StopMigrating(Sequence sequence)
    {
        if (sequence.Phase == SequencePhase.Waiting)
        {
            LinkedListNode<Sequence> place = _waiting.Find(sequence)!;
            sequence.WaitedBefore = place.Next?.Value;
            _waiting.Remove(place);
        }
        else
        {
            _running.Remove(sequence);
        }

        sequence.Scheduled = 0;
        sequence.Phase = SequencePhase.Stopped;
        UpdateId++;
    }

    /// <summary>Puts a stopped request back: at its place in the queue, or into the batch as soon as there is room.</summary>
    internal void ResumeMigrating(Sequence sequence, TimeSpan now)
    {
        if (sequence.Computed > 0)
        {
            BecomeRunnable(sequence, now);
            return;
        }

        sequence.Phase = SequencePhase.Waiting;
        if (sequence.WaitedBefore is null)
        {
            _waiting.AddLast(sequence);
        }
        else if (_waiting.Find(sequence.WaitedBefore) is { } next)
        {
            _waiting.AddBefore(next, sequence);
        }
        else
        {
            _waiting.AddFirst(sequence);
        }

        sequence.WaitedBefore = null;
    }

    internal void StopMigratingOut(Sequence sequence, MigrationState reason)
    {
        if (sequence.Migration is { } migration)
        {
            migration.End(reason);
            sequence.Migration = null;
            _migratingOut.Remove(sequence);
            UpdateId++;
        }
    }

    internal void EndMigrated(Sequence sequence) => End(sequence, MigrationState.Completed);

    private void BecomeRunnable(Sequence sequence, TimeSpan now)
    {
        sequence.IsLoadSilent = true;
        sequence.Due = now;
        sequence.Phase = SequencePhase.Loading;
        _loading.Add(sequence);
    }
}
