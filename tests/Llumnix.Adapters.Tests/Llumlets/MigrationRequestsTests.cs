using Llumnix.Adapters.Llumlets;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Adapters.Tests.Llumlets.MigrationPairs;

namespace Llumnix.Adapters.Tests.Llumlets;

/// <summary>What a pair becomes on the wire.</summary>
public sealed class MigrationRequestsTests
{
    [Theory]
    [InlineData(RequestSelectRule.Requests, RequestSelectOrder.LongestRunning, -1, "NUM_REQ", "LR")]
    [InlineData(RequestSelectRule.Requests, RequestSelectOrder.LastComeRunning, 1, "NUM_REQ", "LCR")]
    [InlineData(RequestSelectRule.CacheRatio, RequestSelectOrder.FirstComeRunning, 0.25, "RATIO", "FCR")]
    [InlineData(RequestSelectRule.CacheRatio, RequestSelectOrder.FirstComeWaiting, 1, "RATIO", "FCW")]
    [InlineData(RequestSelectRule.Tokens, RequestSelectOrder.FirstComeWaitingThenShortestRunning, 7, "TOKEN", "FCWSR")]
    public void Of_Selection_HasTheWiresNames(RequestSelectRule rule, RequestSelectOrder order, double value, string type, string policy)
    {
        MigrateRequest request = MigrationRequests.Of(Pair("s", 1) with { Selection = new(rule, order, value) });
        Assert.Equal((type, policy), (request.MigrationType, request.MigrationReqPolicy));
        Assert.Equal(value, type switch { "NUM_REQ" => request.NumReqs, "TOKEN" => request.NumTokens, _ => request.KvCacheUsageRatio });
        Assert.Equal(
            type switch
            {
                "NUM_REQ" => MigrateRequest.MigrationValueOneofCase.NumReqs,
                "TOKEN" => MigrateRequest.MigrationValueOneofCase.NumTokens,
                _ => MigrateRequest.MigrationValueOneofCase.KvCacheUsageRatio,
            },
            request.MigrationValueCase);
    }

    /// <summary>Whatever form the engines wrote: the source is called there, the destination is named as it names itself.</summary>
    [Theory]
    [InlineData("::1", "http://[::1]:9")]
    [InlineData("[::1]", "http://[::1]:9")]
    [InlineData("FD00:0:0:0:0:0:0:1", "http://[fd00::1]:9")]
    [InlineData("fe80::1%2", "http://[fe80::1%2]:9")]
    [InlineData("10.0.0.1", "http://10.0.0.1:9")]
    public void Of_IPv6Hosts_TheSourceIsCalledAndTheDestinationNamedAsWritten(string host, string expected)
    {
        MigrationPair pair = Pair("s", 9) with { Source = Metadata("s", 9) with { Ip = host }, Destination = Metadata("d", 9) with { IpKvs = host } };
        Uri address = MigrationRequests.AddressOf(pair.Source, useTls: false)!;
        Assert.Equal(expected + "/", $"{address.Scheme}://{(address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost)}:{address.Port}/");
        Assert.Equal((host, 7001), (MigrationRequests.Of(pair).DstEngineIp, MigrationRequests.Of(pair).DstEnginePort));
    }

    [Theory]
    [InlineData(true, "https")]
    [InlineData(false, "http")]
    public void AddressOf_Tls_IsInTheScheme(bool useTls, string scheme) =>
        Assert.Equal(scheme, MigrationRequests.AddressOf(Metadata("s", 9), useTls)!.Scheme);
}
