using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Replication;
using Llumnix.Server.Http;
using Llumnix.Server.Leadership.Peers;
using Microsoft.Extensions.Time.Testing;
using Wire = Llumnix.Protocol.Replication;

namespace Llumnix.Server.Tests.Leadership;

public sealed class LedgerMessagesTests
{
    private readonly FakeTimeProvider _sender = new(DateTimeOffset.UnixEpoch);
    private readonly FakeTimeProvider _receiver = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public void TryRead_Message_GivesTheBatchWithAgesByTheOwnClock()
    {
        var batch = new LedgerBatch { Origin = new ReplicaKey("s", -5), Number = 7, FirstSequence = 3, BeginsSnapshot = true };
        var change = new LedgerChange
        {
            Kind = LedgerChangeKind.Ended,
            RequestId = "r",
            Role = InferType.Decode,
            EntryId = 9,
            Owner = batch.PositionOf(new ReplicaKey("other", 2)),
            InstanceId = "",
            GatewayId = "g",
            Tokens = 11,
            IsPrefillDone = true,
            At = _sender.GetTimestamp(),
        };
        batch.AddChange(in change);
        LedgerChange entry = change with { Kind = LedgerChangeKind.Added, Owner = 0, InstanceId = "i", PromptTokens = 4, UncomputedTokens = 2, IsFromReport = true };
        batch.AddEntry(in entry);
        _sender.Advance(TimeSpan.FromMilliseconds(30));
        batch.ReadAt = _sender.GetTimestamp();

        var read = new LedgerBatch();
        Assert.True(LedgerMessages.TryRead(LedgerMessages.ToMessage(batch, _sender), read, _receiver));
        Assert.Equal((batch.Origin, batch.Number, batch.FirstSequence), (read.Origin, read.Number, read.FirstSequence));
        Assert.True(read.BeginsSnapshot);
        Assert.False(read.EndsSnapshot);
        Assert.Equal(batch.Owners, read.Owners);
        long at = _receiver.GetTimestamp() - (TimeSpan.FromMilliseconds(30).Ticks * _receiver.TimestampFrequency / TimeSpan.TicksPerSecond);
        Assert.Equal(change with { At = at }, Assert.Single(read.Changes));
        Assert.Equal(entry with { At = at }, Assert.Single(read.Entries));
    }

    /// <summary>gRPC refuses longer messages, and the stream would begin anew with the same one.</summary>
    [Fact]
    public void ToMessage_LargestBatchOfTheLongestTexts_IsBelow4Megabytes()
    {
        string text = new('x', BodyBounds.MaxTextBytes);
        var change = new LedgerChange
        {
            Kind = LedgerChangeKind.Added,
            RequestId = text,
            Role = InferType.Decode,
            EntryId = long.MaxValue,
            InstanceId = text,
            GatewayId = text,
            PromptTokens = int.MaxValue,
            UncomputedTokens = int.MaxValue,
            Tokens = int.MaxValue,
            IsPrefillDone = true,
            IsFromReport = true,
        };
        var batch = new LedgerBatch { Origin = new ReplicaKey(text, -1), Number = long.MaxValue, FirstSequence = long.MaxValue, BeginsSnapshot = true };
        for (int i = 0; i < LedgerBatch.MaxChanges; i++)
        {
            batch.AddChange(in change);
        }

        // The changes of others' entries that a snapshot repeats, and a piece of the own ones.
        for (int i = 0; i < 1024 + 256; i++)
        {
            batch.AddEntry(in change);
        }

        Assert.InRange(LedgerMessages.ToMessage(batch, _sender).CalculateSize(), 3 << 20, 4 << 20);
    }

    private static readonly Action<Wire.LedgerBatch>[] Malformed =
    [
        static batch => batch.Origin = "",
        static batch => batch.Number = -1,
        static batch => batch.Changes[0].Owner = 1,
        static batch => batch.Changes[0].Owner = -1,
        static batch => batch.Changes[0].Tokens = -1,
        static batch => batch.Changes[0].PromptTokens = long.MaxValue,
        static batch => batch.Changes[0].UncomputedTokens = -1,
        static batch => batch.Changes[0].Kind = (Wire.LedgerChange.Types.Kind)4,
        static batch => batch.Changes[0].Role = (Wire.LedgerChange.Types.Role)3,
        static batch => batch.Changes[0].RequestId = new string('x', 100_000),
        static batch => batch.Entries.Add(new Wire.LedgerChange { Tokens = -1 }),
    ];

    [Fact]
    public void TryRead_ValueOutOfRange_IsRefused() => Assert.All(Malformed, change =>
    {
        var message = new Wire.LedgerBatch { Origin = "s", Changes = { new Wire.LedgerChange { RequestId = "r" } } };
        Assert.True(LedgerMessages.TryRead(message, new LedgerBatch(), _receiver));
        change(message);
        Assert.False(LedgerMessages.TryRead(message, new LedgerBatch(), _receiver));
    });

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void TryRead_AnyAge_IsBetweenNowAndADayAgo(long age)
    {
        var message = new Wire.LedgerBatch { Origin = "s", Changes = { new Wire.LedgerChange { RequestId = "r", AgeUs = age } } };
        var read = new LedgerBatch();
        Assert.True(LedgerMessages.TryRead(message, read, _receiver));
        TimeSpan taken = _receiver.GetElapsedTime(read.Changes[0].At);
        Assert.InRange(taken, TimeSpan.Zero, TimeSpan.FromDays(1));
    }
}
