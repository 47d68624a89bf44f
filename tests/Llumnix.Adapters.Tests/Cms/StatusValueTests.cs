using CsCheck;
using Google.Protobuf;
using Llumnix.Adapters.Cms;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Cms;
using Message = Llumnix.Protocol.Cms.InstanceStatus;
using ReadingMessage = Llumnix.Protocol.Cms.EngineReading;

namespace Llumnix.Adapters.Tests.Cms;

public sealed class StatusValueTests
{
    /// <summary>The domain's name of each field of the message, in the order of the field numbers.</summary>
    private static readonly string[] PropertyNames =
    [
        "InstanceId", "Schedulable", "TimestampMs", "StepId", "UpdateId", "RecentWaitingRequests", "WaitingRequests",
        "HybridSchedulerWaitingToDecodeRequests", "SchedulerWaitingToDecodeRequests", "WaitingRequestCount",
        "SchedulerRunningToDecodeRequests", "RunningRequestCount", "LoadingRequestCount", "TotalGpuTokens", "UsedGpuTokens",
        "UncomputedTokensHybridSchedulerWaitingPrefills", "UnallocatedTokensHybridSchedulerWaitingDecodes",
        "HybridSchedulerWaitingToDecodeTokens", "UncomputedTokensSchedulerWaitingPrefills", "SchedulerWaitingToDecodeTokens",
        "UncomputedTokensSchedulerRunningPrefills", "UnallocatedTokensSchedulerRunningPrefills", "SchedulerRunningToDecodeTokens",
        "LoadingTokens", "UncomputedTokensAllWaitingPrefills", "MigrateInRequests", "MigrateOutRequests", "AvailableMigrateInSlots",
        "AvailableMigrateOutSlots", "MigrateInTokens", "MigrateOutTokens", "AvailableMigrateInTokens", "AvailableMigrateOutTokens",
        "KvCacheUsageRatioMigrateIn", "KvCacheUsageRatioMigrateOut", "AvailableKvCacheUsageRatioMigrateIn",
        "AvailableKvCacheUsageRatioMigrateOut", "ProfilingId", "StepDurationMs", "ScheduledPrefillTokens",
    ];

    [Fact]
    public void Read_EveryFieldSetToItsOwnNumber_LandsInItsOwnProperty()
    {
        var message = new Message { InstanceId = "1", Schedulable = true, RecentWaitingRequests = { "6" }, WaitingRequests = { "7" } };
        foreach (var field in Message.Descriptor.Fields.InFieldNumberOrder().Where(f => !f.IsRepeated && f.FieldNumber is > 2 and < 1000))
        {
            object number = Convert.ChangeType(field.FieldNumber, field.Accessor.GetValue(message).GetType(), null);
            field.Accessor.SetValue(message, number);
        }

        Assert.Null(StatusValue.Read(message.ToByteArray(), "1", default, out InstanceStatus? status));

        for (int number = 1; number <= PropertyNames.Length; number++)
        {
            object value = typeof(InstanceStatus).GetProperty(PropertyNames[number - 1])!.GetValue(status)!;
            object read = value switch
            {
                bool isSet => isSet ? number : 0,
                IReadOnlyList<string> list => int.Parse(Assert.Single(list), null),
                _ => Convert.ToInt32(value, null),
            };
            Assert.Equal((PropertyNames[number - 1], number), (PropertyNames[number - 1], read));
        }
    }

    /// <summary>Times in it are durations of the writer's clock, which count back from what our own clock knows of the writing.</summary>
    [Fact]
    public void Read_ReadingOfAPlainEngine_IsTimedByOurClock()
    {
        Message message = CmsMessages.Status("a");
        message.EngineReading = new ReadingMessage { AskedAgoMs = 20, LagMs = 80, Waiting = 3, PrefilledTokensTotal = 12_345, MeanPromptTokens = double.NaN, PrefixQueriedTokensTotal = 100, PrefixHitTokensTotal = 40 };
        Assert.Null(StatusValue.Read(message.ToByteArray(), "a", new WriteTime(50_000, 1000), out InstanceStatus? status));
        Assert.Equal(
            new EngineReading { AskedAt = 49_980, CoversUntil = 49_900, Waiting = 3, PrefilledTokensTotal = 12_345, PrefixTokensTotal = (100, 40) },
            status!.Reading);
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(-5, 0)]
    [InlineData(double.PositiveInfinity, 60_000)]
    public void Read_AgeOutOfRange_IsBroughtIntoIt(double milliseconds, long expected) =>
        Assert.Equal(100_000 - expected, new WriteTime(100_000, 1000).Before(milliseconds));

    [Fact]
    public void Read_NoBytes_IsEmpty() => Assert.Equal(CmsSkipReason.Empty, StatusValue.Read([], "a", default, out _));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Read_TruncatedBytes_IsMalformed(int missing)
    {
        byte[] bytes = CmsMessages.Status("a").ToByteArray();

        Assert.Equal(CmsSkipReason.Malformed, StatusValue.Read(bytes.AsSpan(..^missing), "a", default, out _));
    }

    [Fact]
    public void Read_OtherId_IsMismatched() =>
        Assert.Equal(CmsSkipReason.MismatchedInstanceId, StatusValue.Read(CmsMessages.Status("b").ToByteArray(), "a", default, out _));

    [Theory]
    [InlineData(StatusValue.MaxRequestIds, null)]
    [InlineData(StatusValue.MaxRequestIds + 1, "TooManyRequestIds")]
    public void Read_ManyRequestIds_IsBounded(int count, string? reason)
    {
        Message message = CmsMessages.Status("a");
        message.WaitingRequests.AddRange(Enumerable.Repeat("r", count));

        Assert.Equal(reason, StatusValue.Read(message.ToByteArray(), "a", default, out _)?.ToString());
    }

    [Fact]
    public void Read_AnyBytes_GivesAValueOrAReason() =>
        Gen.Byte.Array[0, 200].Sample(bytes => (StatusValue.Read(bytes, "a", default, out InstanceStatus? status) is null) == (status is not null));
}
