using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

internal sealed partial class StoreStatus
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Discovery in {Store} answers")]
    private partial void LogAvailable(string store);

    [LoggerMessage(Level = LogLevel.Error, Message = "Discovery in {Store} cannot be read: {Error}. Where it is: {Flags}; what it is: --llm-backend-discovery")]
    private partial void LogUnavailable(string store, string error, string flags);

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "Discovery in {Store} answers, but {Silence}: a store that cannot be written into, or another one? The last list stays in use")]
    private partial void LogSilent(string store, string silence);

    [LoggerMessage(Level = LogLevel.Information, Message = "Entries of discovery in {Store} are written again")]
    private partial void LogHeard(string store);
}
