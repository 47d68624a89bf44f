using System.Globalization;
using Grpc.Core;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Http;
using Wire = Llumnix.Protocol.Replication;

namespace Llumnix.Server.Leadership.Peers;

/// <summary>Batches as messages. Times become ages, for clocks of others mean nothing here.</summary>
internal static class LedgerMessages
{
    private const string ReceiverHeader = "llumnix-replica";
    private const string ReceiverEpochHeader = "llumnix-replica-epoch";
    private static readonly TimeSpan OldestAge = TimeSpan.FromDays(1);

    /// <summary>The headers by which a replica that takes a ledger names itself.</summary>
    internal static Metadata WriteReceiver(ReplicaKey receiver) => new()
    {
        { ReceiverHeader, Uri.EscapeDataString(receiver.Name) },
        { ReceiverEpochHeader, receiver.Epoch.ToString(CultureInfo.InvariantCulture) },
    };

    /// <summary>The replica that such headers name; null when they name none.</summary>
    internal static ReplicaKey? ReadReceiver(Metadata headers) =>
        headers.GetValue(ReceiverHeader) is { Length: > 0 and <= BodyBounds.MaxTextBytes } name
        && long.TryParse(headers.GetValue(ReceiverEpochHeader), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long epoch)
            ? new ReplicaKey(Uri.UnescapeDataString(name), epoch)
            : null;

    /// <summary>A batch as a message.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="time">The clock of its times.</param>
    internal static Wire.LedgerBatch ToMessage(LedgerBatch batch, TimeProvider time)
    {
        var message = new Wire.LedgerBatch
        {
            Origin = batch.Origin.Name,
            Epoch = unchecked((ulong)batch.Origin.Epoch),
            Number = batch.Number,
            FirstSeq = batch.FirstSequence,
            BeginsSnapshot = batch.BeginsSnapshot,
            EndsSnapshot = batch.EndsSnapshot,
        };
        message.Changes.AddRange(batch.Changes.Select(change => ToMessage(in change, batch.ReadAt, time)));
        message.Entries.AddRange(batch.Entries.Select(entry => ToMessage(in entry, batch.ReadAt, time)));
        message.Owners.AddRange(batch.Owners.Select(static owner => new Wire.Owner { Origin = owner.Name, Epoch = unchecked((ulong)owner.Epoch) }));
        return message;
    }

    /// <summary>Reads a message into a batch.</summary>
    /// <param name="message">The message; any values.</param>
    /// <param name="batch">Filled anew.</param>
    /// <param name="time">The clock that the batch's times are to be of.</param>
    /// <returns>False when a value is out of its range.</returns>
    internal static bool TryRead(Wire.LedgerBatch message, LedgerBatch batch, TimeProvider time)
    {
        batch.Clear();
        if (!IsText(message.Origin) || message.Origin.Length == 0 || message.Number < 0)
        {
            return false;
        }

        batch.Origin = new ReplicaKey(message.Origin, unchecked((long)message.Epoch));
        (batch.Number, batch.FirstSequence) = (message.Number, message.FirstSeq);
        (batch.BeginsSnapshot, batch.EndsSnapshot) = (message.BeginsSnapshot, message.EndsSnapshot);
        batch.ReadAt = time.GetTimestamp();
        foreach (Wire.Owner owner in message.Owners)
        {
            batch.PositionOf(new ReplicaKey(owner.Origin, unchecked((long)owner.Epoch)));
        }

        foreach (Wire.LedgerChange change in message.Changes)
        {
            if (!TryRead(change, batch, time, out LedgerChange read))
            {
                return false;
            }

            batch.AddChange(in read);
        }

        foreach (Wire.LedgerChange entry in message.Entries)
        {
            if (!TryRead(entry, batch, time, out LedgerChange read))
            {
                return false;
            }

            batch.AddEntry(in read);
        }

        return true;
    }

    private static Wire.LedgerChange ToMessage(in LedgerChange change, long readAt, TimeProvider time) => new()
    {
        Kind = (Wire.LedgerChange.Types.Kind)change.Kind,
        Role = (Wire.LedgerChange.Types.Role)change.Role,
        RequestId = change.RequestId,
        InstanceId = change.InstanceId,
        GatewayId = change.GatewayId,
        EntryId = change.EntryId,
        Owner = change.Owner,
        PromptTokens = change.PromptTokens,
        UncomputedTokens = change.UncomputedTokens,
        Tokens = change.Tokens,
        IsPrefillDone = change.IsPrefillDone,
        IsFromReport = change.IsFromReport,
        AgeUs = (long)time.GetElapsedTime(change.At, readAt).TotalMicroseconds,
    };

    private static bool TryRead(Wire.LedgerChange change, LedgerBatch batch, TimeProvider time, out LedgerChange read)
    {
        double age = Math.Clamp(change.AgeUs / 1e6, 0, OldestAge.TotalSeconds);
        read = new LedgerChange
        {
            Kind = (LedgerChangeKind)change.Kind,
            Role = (InferType)change.Role,
            RequestId = change.RequestId,
            InstanceId = change.InstanceId,
            GatewayId = change.GatewayId,
            EntryId = change.EntryId,
            Owner = change.Owner,
            PromptTokens = change.PromptTokens,
            UncomputedTokens = change.UncomputedTokens,
            Tokens = change.Tokens,
            IsPrefillDone = change.IsPrefillDone,
            IsFromReport = change.IsFromReport,
            At = batch.ReadAt - (long)(age * time.TimestampFrequency),
        };
        return Enum.IsDefined(change.Kind)
            && Enum.IsDefined(change.Role)
            && IsText(change.RequestId)
            && IsText(change.InstanceId)
            && IsText(change.GatewayId)
            && change.Owner >= 0
            && change.Owner <= batch.Owners.Count
            && IsCount(change.PromptTokens)
            && IsCount(change.UncomputedTokens)
            && IsCount(change.Tokens);
    }

    private static bool IsText(string text) => text.Length <= BodyBounds.MaxTextBytes;

    private static bool IsCount(long tokens) => tokens is >= 0 and <= int.MaxValue;
}
