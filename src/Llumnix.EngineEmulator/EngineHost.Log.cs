using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.EngineEmulator;

public sealed partial class EngineHost
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Engine {InstanceId} ({InferType}) listens on port {Port}")]
    private partial void LogStarted(string instanceId, InferType inferType, int port);

    [LoggerMessage(Level = LogLevel.Information, Message = "Engine {InstanceId} has stopped")]
    private partial void LogStopped(string instanceId);
}
