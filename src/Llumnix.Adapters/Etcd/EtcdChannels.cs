using Grpc.Net.Client;
using Llumnix.Adapters.Grpc;

namespace Llumnix.Adapters.Etcd;

/// <summary>Opens channels to members.</summary>
internal static class EtcdChannels
{
    /// <summary>Largest message: bounds a page of a range read and a batch of watch events.</summary>
    public const int MaxMessageBytes = 64 * 1024 * 1024;

    /// <summary>Makes a channel that connects at its first call.</summary>
    /// <exception cref="EtcdException">The CA file is missing or holds no certificate.</exception>
    public static GrpcChannel Open(Uri address, EtcdOptions options)
    {
        try
        {
            // etcd closes connections whose pings come more often than every 5 s; ours come every 10 s.
            return GrpcChannels.Open(address, new GrpcChannelSettings
            {
                ConnectTimeout = options.DialTimeout, CaFile = options.CaFile, MaxMessageBytes = MaxMessageBytes,
            });
        }
        catch (IOException e)
        {
            throw new EtcdException(e.Message);
        }
    }
}
