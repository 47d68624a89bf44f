using System.Globalization;
using Google.Protobuf;
using Llumnix.Protocol.Resolver;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Discovery;

/// <summary>The parsed value of a pod's entry. Immutable.</summary>
/// <param name="TimestampMs">When its writer wrote it, in milliseconds since the Unix epoch by the writer's clock.</param>
/// <param name="Instances">Its usable instances.</param>
/// <param name="Skipped">The unusable instances: index in the message, and reason.</param>
internal sealed record PodEntry(
    long TimestampMs, IReadOnlyList<DiscoveredInstance> Instances, IReadOnlyList<(int Index, DiscoverySkipReason Reason)> Skipped)
{
    /// <summary>Largest size of a value in bytes; etcd accepts no larger ones.</summary>
    public const int MaxBytes = 1536 * 1024;

    private static readonly MessageParser<PodDiscoveryInfo> Parser = PodDiscoveryInfo.Parser.WithDiscardUnknownFields(true);

    /// <summary>Reads a value.</summary>
    /// <param name="bytes">The value as the store has it.</param>
    /// <param name="podName">The pod's name by the key.</param>
    /// <param name="entry">The result, when the value as a whole is usable.</param>
    /// <returns>Null, or why the value is not usable.</returns>
    public static DiscoverySkipReason? Read(ReadOnlySpan<byte> bytes, string podName, out PodEntry? entry)
    {
        entry = null;
        if (bytes.IsEmpty || bytes.Length > MaxBytes)
        {
            return bytes.IsEmpty ? DiscoverySkipReason.Empty : DiscoverySkipReason.TooLarge;
        }

        try
        {
            PodDiscoveryInfo message = Parser.ParseFrom(bytes);
            if (message.PodName.Length > 0 && message.PodName != podName)
            {
                return DiscoverySkipReason.MismatchedPodName;
            }

            entry = Map(message, podName);
            return null;
        }
        catch (InvalidProtocolBufferException)
        {
            return DiscoverySkipReason.Malformed;
        }
    }

    private static PodEntry Map(PodDiscoveryInfo message, string podName)
    {
        var instances = new List<DiscoveredInstance>(message.Instances.Count);
        var skipped = new List<(int, DiscoverySkipReason)>();
        var ranks = new HashSet<int>();
        for (int i = 0; i < message.Instances.Count; i++)
        {
            InstanceDiscoveryInfo info = message.Instances[i];
            if (Check(info, out InferType inferType) is { } reason)
            {
                skipped.Add((i, reason));
            }
            else if (!ranks.Add(info.DpRank))
            {
                skipped.Add((i, DiscoverySkipReason.DuplicateInstance));
            }
            else
            {
                instances.Add(Map(info, podName, inferType));
            }
        }

        return new PodEntry(message.TimestampMs, instances, skipped);
    }

    private static DiscoverySkipReason? Check(InstanceDiscoveryInfo info, out InferType inferType) =>
        !InferTypeNames.TryParse(info.InstanceType, out inferType) ? DiscoverySkipReason.UnknownInstanceType
        : info.EntrypointIp.Length == 0 ? DiscoverySkipReason.MissingHost
        : info.EntrypointPort is < 1 or > 65535 ? DiscoverySkipReason.MissingPort
        : info.DpRank < 0 ? DiscoverySkipReason.InvalidRank
        : null;

    private static DiscoveredInstance Map(InstanceDiscoveryInfo info, string podName, InferType inferType) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"{podName}_dp{info.DpRank}"),
        InferType = inferType,
        Host = info.EntrypointIp,
        Port = info.EntrypointPort,
        AuxIp = info.KvTransferIp,
        AuxPort = info.KvTransferPort,
        DataParallelRank = info.DpRank,
        DataParallelSize = info.DpSize,
        Model = info.Model,
        Version = info.Version,
    };
}
