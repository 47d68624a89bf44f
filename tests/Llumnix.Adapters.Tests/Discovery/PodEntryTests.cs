using CsCheck;
using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Protocol.Resolver;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Discovery;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class PodEntryTests
{
    public static readonly TheoryData<string, Action<InstanceDiscoveryInfo>> UnusableInstances = new()
    {
        { nameof(DiscoverySkipReason.UnknownInstanceType), info => info.InstanceType = "" },
        { nameof(DiscoverySkipReason.UnknownInstanceType), info => info.InstanceType = "Prefill" },
        { nameof(DiscoverySkipReason.MissingHost), info => info.EntrypointIp = "" },
        { nameof(DiscoverySkipReason.MissingPort), info => info.EntrypointPort = 0 },
        { nameof(DiscoverySkipReason.MissingPort), info => info.EntrypointPort = -1 },
        { nameof(DiscoverySkipReason.MissingPort), info => info.EntrypointPort = 65536 },
        { nameof(DiscoverySkipReason.InvalidRank), info => info.DpRank = -1 },
        { nameof(DiscoverySkipReason.DuplicateInstance), info => info.DpRank = 0 },
    };

    [Fact]
    public void Read_PlausiblePod_MapsEveryField()
    {
        PodDiscoveryInfo pod = PodMessages.Pod("p", ranks: 2, version: 7);
        pod.Instances[1].InstanceType = "decode";

        Assert.Null(PodEntry.Read(pod.ToByteArray(), "p", out PodEntry? entry));

        Assert.Equal(pod.TimestampMs, entry!.TimestampMs);
        Assert.Empty(entry.Skipped);
        Assert.Equal(["p_dp0", "p_dp1"], entry.Instances.Select(instance => instance.Id));
        var expected = new DiscoveredInstance
        {
            Id = "p_dp1",
            InferType = InferType.Decode,
            Host = "10.0.0.1",
            Port = 8001,
            AuxIp = "10.1.0.1",
            AuxPort = 9001,
            DataParallelRank = 1,
            DataParallelSize = 2,
            Model = "m",
            Version = 7,
        };
        Assert.Equal(expected, entry.Instances[1]);
    }

    [Theory]
    [MemberData(nameof(UnusableInstances))]
    public void Read_OneUnusableInstance_TheOthersStay(string reason, Action<InstanceDiscoveryInfo> spoil)
    {
        PodDiscoveryInfo pod = PodMessages.Pod("p", ranks: 3);
        spoil(pod.Instances[1]);

        Assert.Null(PodEntry.Read(pod.ToByteArray(), "p", out PodEntry? entry));

        Assert.Equal(["p_dp0", "p_dp2"], entry!.Instances.Select(instance => instance.Id));
        Assert.Equal([(1, Enum.Parse<DiscoverySkipReason>(reason))], entry.Skipped);
    }

    [Fact]
    public void Read_UnusableValue_TellsTheReason()
    {
        byte[] pod = PodMessages.Pod("p").ToByteArray();

        Assert.Equal(DiscoverySkipReason.Empty, PodEntry.Read([], "p", out _));
        Assert.Equal(DiscoverySkipReason.TooLarge, PodEntry.Read(new byte[PodEntry.MaxBytes + 1], "p", out _));
        Assert.Equal(DiscoverySkipReason.Malformed, PodEntry.Read(pod.AsSpan()[..^1], "p", out _));
        Assert.Equal(DiscoverySkipReason.MismatchedPodName, PodEntry.Read(pod, "q", out _));
    }

    [Fact]
    public void Read_ValueWithoutPodName_TakesTheKeys()
    {
        PodDiscoveryInfo pod = PodMessages.Pod("");

        Assert.Null(PodEntry.Read(pod.ToByteArray(), "p", out PodEntry? entry));
        Assert.Equal("p_dp0", entry!.Instances[0].Id);
    }

    [Fact]
    public void Read_AnyBytes_GivesAReasonOrSoundInstances() =>
        Gen.Byte.Array[0, 200].Sample(bytes => IsSound(bytes));

    [Fact]
    public void Read_PodWithAnyBytesChanged_GivesAReasonOrSoundInstances()
    {
        byte[] pod = PodMessages.Pod("p", ranks: 4).ToByteArray();
        Gen.Select(Gen.Int[0, pod.Length - 1], Gen.Byte).Array[1, 5].Sample(changes =>
        {
            byte[] changed = [.. pod];
            foreach ((int place, byte value) in changes)
            {
                changed[place] = value;
            }

            return IsSound(changed);
        });
    }

    private static bool IsSound(byte[] bytes)
    {
        if (PodEntry.Read(bytes, "p", out PodEntry? entry) is not null)
        {
            return entry is null;
        }

        return entry!.Instances.All(instance => instance is { Host.Length: > 0, Port: >= 1 and <= 65535 })
            && entry.Instances.DistinctBy(instance => instance.Id).Count() == entry.Instances.Count;
    }
}
