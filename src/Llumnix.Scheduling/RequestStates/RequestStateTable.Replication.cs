using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>The part for replicas: what is told of own states, and the states of others.</summary>
/// <remarks>
/// A foreign state belongs to no connection here: the loss of a gateway releases the states that were placed here, its own scheduler tells of the rest.
/// </remarks>
internal sealed partial class RequestStateTable : IReplicatedEntries
{
    /// <summary>The gateways of foreign states, none of which is connected here.</summary>
    private readonly GatewayTable _foreignGateways = new(lifetimes.LostGateway);

    /// <inheritdoc/>
    int IReplicatedEntries.IndexEnd => _states.End;

    /// <inheritdoc/>
    bool IReplicatedEntries.TryDescribe(int index, out LedgerChange added)
    {
        ref RequestState state = ref _states[index];
        bool isOwn = state is { RequestId: not null, Origin.IsForeign: false };
        added = isOwn ? Describe(in state) : default;
        return isOwn;
    }

    /// <inheritdoc/>
    bool IReplicatedEntries.AddForeign(in LedgerChange added, in EntryOrigin origin, long now)
    {
        int index = FindState(added.GatewayId, added.RequestId, origin.Replica, origin.EntryId);
        if (index != 0)
        {
            _states[index].Origin = origin;
            Touch(index, now);
            Progress(index, added.Tokens, added.IsPrefillDone);
            return true;
        }

        if (find?.Invoke(added.InstanceId) is not { } instance)
        {
            return false;
        }

        if (!added.IsFromReport)
        {
            EndReported(added.GatewayId, added.RequestId, instance);
        }

        Insert(
            _foreignGateways,
            added.RequestId,
            instance,
            added.Role,
            added.GatewayId,
            added.Tokens,
            added.IsPrefillDone,
            added.IsFromReport,
            origin,
            now);
        return true;
    }

    /// <inheritdoc/>
    void IReplicatedEntries.Apply(in LedgerChange change, int replica, long now)
    {
        int index = FindState(change.GatewayId, change.RequestId, replica, change.EntryId);
        if (index == 0)
        {
            return;
        }

        if (change.Kind == LedgerChangeKind.Ended)
        {
            EndHere(index);
        }
        else if (change.Kind == LedgerChangeKind.Progressed)
        {
            Touch(index, now);
            Progress(index, change.Tokens, change.IsPrefillDone);
            TellIfOwn(LedgerChangeKind.Progressed, index);
        }
    }

    /// <inheritdoc/>
    void IReplicatedEntries.RemoveUnconfirmed(int index, int replica, int round)
    {
        if (_states[index].RequestId is not null && _states[index].Origin.Replica == replica && _states[index].Origin.Round != round)
        {
            Remove(index);
        }
    }

    private static LedgerChange Describe(in RequestState state) => new()
    {
        Kind = LedgerChangeKind.Added,
        RequestId = state.RequestId,
        Role = state.Role,
        EntryId = state.Origin.EntryId,
        InstanceId = state.Instance.Id,
        GatewayId = state.Gateway.Id,
        PromptTokens = state.Tokens,
        Tokens = state.Tokens,
        IsPrefillDone = state.IsPrefillDone,
        IsFromReport = state.IsFromReport,
        At = state.TouchedAt,
    };

    /// <summary>Ends a state for a reason that only this replica knows: the word goes to the other replicas, and to its owner where that is another.</summary>
    private void End(int index)
    {
        Tell(LedgerChangeKind.Ended, index);
        Remove(index);
    }

    /// <summary>Ends a state for a reason that every replica finds by itself, or has from its owner: only own states are told.</summary>
    private void EndHere(int index)
    {
        TellIfOwn(LedgerChangeKind.Ended, index);
        Remove(index);
    }

    private void TellIfOwn(LedgerChangeKind kind, int index)
    {
        if (!_states[index].Origin.IsForeign)
        {
            Tell(kind, index);
        }
    }

    private void Tell(LedgerChangeKind kind, int index)
    {
        ref RequestState state = ref _states[index];
        if (kind == LedgerChangeKind.Ended)
        {
            journal?.AppendEnd(kind, state.RequestId, state.Role, in state.Origin, state.Gateway.Id);
        }
        else
        {
            journal?.Append(Describe(in state) with { Kind = kind, Owner = state.Origin.Replica, InstanceId = "" });
        }
    }

    /// <summary>
    /// A report came before the placement that it is of: the placement counts instead. What others know from reports is theirs to end.
    /// </summary>
    private void EndReported(string gatewayId, string requestId, LiteModeInstance instance)
    {
        int next;
        for (int index = _byRequest.First(gatewayId, requestId); index != 0; index = next)
        {
            next = _byRequest.Next(index);
            if (_states[index] is { IsFromReport: true, Origin.IsForeign: false } && _states[index].Instance == instance)
            {
                EndHere(index);
            }
        }
    }

    /// <summary>A replica's state; 0 when there is none.</summary>
    private int FindState(string gatewayId, string requestId, int replica, long entryId)
    {
        int index = _byRequest.First(gatewayId, requestId);
        while (index != 0 && (_states[index].Origin.EntryId != entryId || _states[index].Origin.Replica != replica))
        {
            index = _byRequest.Next(index);
        }

        return index;
    }
}
