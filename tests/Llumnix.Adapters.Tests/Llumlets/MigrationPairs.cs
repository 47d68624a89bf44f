using System.Net;
using System.Net.Sockets;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Adapters.Tests.Llumlets;

/// <summary>Pairs of instances to migrate between.</summary>
internal static class MigrationPairs
{
    /// <summary>A pair whose source has its llumlet on this machine, at a port.</summary>
    internal static MigrationPair Pair(string source, int llumletPort) => new(
        "p", Metadata(source, llumletPort), Metadata("d", 1), RequestSelection.Newest);

    internal static InstanceMetadata Metadata(string id, int llumletPort) => new()
    {
        InstanceId = id, InferType = InferType.Decode, Ip = "127.0.0.1", ApiServerPort = 8000, LlumletPort = llumletPort, IpKvs = "10.9.0.2", KvtPort = 7001,
    };

    /// <summary>A port at which nothing listens.</summary>
    internal static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
