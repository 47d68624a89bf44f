using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.Discovery;

internal sealed partial class StoreStatus
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Discovery in {Store} answers")]
    private partial void LogAvailable(string store);

    [LoggerMessage(Level = LogLevel.Error, Message = "Discovery in {Store} cannot be read: {Error}")]
    private partial void LogUnavailable(string store, string error);
}
