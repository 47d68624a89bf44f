using System.Diagnostics.CodeAnalysis;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <content>Both halves of migrations. Everything of a <see cref="MigrationSource"/> or <see cref="MigrationDestination"/> goes through here.</content>
internal sealed partial class EngineRunner
{
    private const string Ended = "the engine has ended";
    private static long _created;

    // Locks of two engines are taken in the order of this number, so that two migrations cannot deadlock.
    private readonly long _number = Interlocked.Increment(ref _created);

    /// <summary>Requests that have moved away so far.</summary>
    public int MigratedRequests { get; private set; }

    public IReadOnlyList<string> PickForMigration(RequestSelection selection)
    {
        lock (_gate)
        {
            return _model.PickForMigration(selection.Rule, selection.Order, selection.Value);
        }
    }

    public bool Holds(string requestId)
    {
        lock (_gate)
        {
            return !_ended && _model.Holds(requestId);
        }
    }

    public bool TryMigrateOut(
        string requestId,
        [NotNullWhen(true)] out MigrationSource? migration,
        [NotNullWhen(true)] out MigratingRequest? request,
        [NotNullWhen(false)] out string? refusal)
    {
        lock (_gate)
        {
            (migration, request, refusal) = (null, null, Ended);
            bool started = !_ended && _model.TryMigrateOut(requestId, Now, out migration, out refusal);
            request = migration?.Request;
            Notify();
            return started;
        }
    }

    public bool TryMigrateIn(
        MigratingRequest request, [NotNullWhen(true)] out MigrationDestination? migration, [NotNullWhen(false)] out string? refusal)
    {
        lock (_gate)
        {
            (migration, refusal) = (null, Ended);
            bool reserved = !_ended && _model.TryMigrateIn(request, out migration, out refusal);
            Notify();
            return reserved;
        }
    }

    public MigratingRequest RequestOf(MigrationSource migration)
    {
        lock (_gate)
        {
            return migration.Request;
        }
    }

    /// <summary>Advances a migration; when little enough is left to copy, stops the request.</summary>
    /// <param name="migration">The source's half.</param>
    /// <param name="wait">Time until the next call; zero when the copy is complete or the migration over.</param>
    public MigrationState Advance(MigrationSource migration, out TimeSpan wait)
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            if (migration.Advance(now) == MigrationState.ReadyToStop)
            {
                migration.Stop(now);
                Notify();
            }

            wait = migration.State.IsOver() || migration.Due <= now ? TimeSpan.Zero : migration.Due - now;
            return migration.State;
        }
    }

    /// <summary>Cancels a migration, if it is not over.</summary>
    public void Cancel(MigrationSource migration)
    {
        lock (_gate)
        {
            migration.Cancel(Now);
            Notify();
        }
    }

    /// <summary>Releases a reservation, if it still stands.</summary>
    public void Cancel(MigrationDestination reservation)
    {
        lock (_gate)
        {
            reservation.Cancel();
            Notify();
        }
    }

    /// <summary>Hands a stopped request to another engine of this process.</summary>
    /// <returns>Null when the request is there; otherwise the reason, and nothing has changed.</returns>
    public string? HandOver(MigrationSource migration, EngineRunner destination, MigrationDestination reservation)
    {
        (EngineRunner first, EngineRunner second) = _number < destination._number ? (this, destination) : (destination, this);
        lock (first._gate)
        {
            lock (second._gate)
            {
                if (migration.State != MigrationState.Stopped || _ended)
                {
                    return Text(migration.State);
                }

                return destination.TakeOver(reservation, migration.Request) ?? Release(migration, destination);
            }
        }
    }

    /// <summary>Completes the migration of a stopped request that an engine of another process has taken over.</summary>
    /// <returns>False when the request has ended here meanwhile.</returns>
    public bool TryComplete(MigrationSource migration, IRequestHolder destination)
    {
        lock (_gate)
        {
            return migration.State == MigrationState.Stopped && !_ended && Release(migration, destination) is null;
        }
    }

    /// <summary>Continues a request from an engine of another process.</summary>
    /// <returns>Null, or the reason why it cannot continue.</returns>
    public string? Resume(MigrationDestination reservation, MigratingRequest request)
    {
        lock (_gate)
        {
            return TakeOver(reservation, request);
        }
    }

    /// <summary>Ties a stream, whose request another engine computes, to this engine: the stream breaks when this engine ends.</summary>
    /// <returns>False when this engine has ended.</returns>
    public bool TryConnect(TokenStream stream)
    {
        lock (_gate)
        {
            return !_ended && _connected.Add(stream);
        }
    }

    /// <summary>Describes the end of a migration, for the side that asked for it.</summary>
    public static string Text(MigrationState state) => state switch
    {
        MigrationState.RequestFinished => "the request has finished",
        MigrationState.RequestAborted => "the request was aborted",
        MigrationState.RequestPreempted => "the request was preempted",
        _ => "the migration was called off",
    };

    private string? TakeOver(MigrationDestination reservation, MigratingRequest request)
    {
        if (_ended || !reservation.IsOpen)
        {
            return "the destination has dropped the reservation";
        }

        if (!reservation.TryResume(request, Now))
        {
            return "the destination has no KV space";
        }

        Hold((TokenStream)request.Request.Context!);
        Notify();
        return null;
    }

    private string? Release(MigrationSource migration, IRequestHolder destination)
    {
        var stream = (TokenStream)migration.Request.Request.Context!;
        migration.Complete();
        MigratedRequests++;
        _streams.Remove(stream);
        stream.MoveTo(destination);
        Notify();
        return null;
    }

    private void Hold(TokenStream stream)
    {
        _streams.Add(stream);
        stream.MoveTo(this);
    }
}
