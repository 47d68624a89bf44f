using Microsoft.Extensions.Logging;

namespace Llumnix.EngineEmulator;

public sealed partial class EngineHost
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Engine {Engine} has stopped")]
    private partial void LogStopped(string engine);
}
