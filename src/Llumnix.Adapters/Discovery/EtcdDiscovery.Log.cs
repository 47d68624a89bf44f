using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

public sealed partial class EtcdDiscovery
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The watch of discovery is lost and is opened again: {Error}")]
    private partial void LogLost(string error);
}
