using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Adapters.Llumlets;

/// <summary>Builds the messages that ask llumlets for migrations.</summary>
public static class MigrationRequests
{
    private const int MaxPort = 65_535;

    /// <summary>The address of the source's llumlet; null when its metadata have none.</summary>
    internal static Uri? AddressOf(InstanceMetadata source, bool useTls)
    {
        if (source.LlumletPort is <= 0 or > MaxPort || Uri.CheckHostName(source.Ip) == UriHostNameType.Unknown)
        {
            return null;
        }

        return new UriBuilder(useTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp, source.Ip, source.LlumletPort).Uri;
    }

    /// <summary>The message.</summary>
    internal static MigrateRequest Of(MigrationPair pair)
    {
        var request = new MigrateRequest
        {
            SrcEngineId = pair.Source.InstanceId,
            DstEngineId = pair.Destination.InstanceId,
            DstEngineIp = pair.Destination.IpKvs.Length > 0 ? pair.Destination.IpKvs : pair.Destination.Ip,
            DstEnginePort = pair.Destination.KvtPort,
            MigrationType = NameOf(pair.Selection.Rule),
            MigrationReqPolicy = NameOf(pair.Selection.Order),
            TriggerPolicy = pair.Policy,
        };
        switch (pair.Selection.Rule)
        {
            case RequestSelectRule.Requests:
                request.NumReqs = (long)pair.Selection.Value;
                break;
            case RequestSelectRule.Tokens:
                request.NumTokens = (long)pair.Selection.Value;
                break;
            default:
                request.KvCacheUsageRatio = (float)pair.Selection.Value;
                break;
        }

        return request;
    }

    /// <summary>The rule's name on the wire.</summary>
    public static string NameOf(RequestSelectRule rule) => rule switch
    {
        RequestSelectRule.Requests => "NUM_REQ",
        RequestSelectRule.Tokens => "TOKEN",
        _ => "RATIO",
    };

    /// <summary>The order's name on the wire.</summary>
    public static string NameOf(RequestSelectOrder order) => order switch
    {
        RequestSelectOrder.LastComeRunning => "LCR",
        RequestSelectOrder.FirstComeRunning => "FCR",
        RequestSelectOrder.LongestRunning => "LR",
        RequestSelectOrder.ShortestRunning => "SR",
        RequestSelectOrder.FirstComeWaiting => "FCW",
        _ => "FCWSR",
    };
}
