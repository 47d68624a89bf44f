using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.KvStore;

internal sealed partial class KvMetadataQueries
{
    [LoggerMessage(LogLevel.Warning, "The KV metadata service is left alone for {Duration}: {Error}")]
    private partial void LogDown(TimeSpan duration, string error);

    [LoggerMessage(LogLevel.Error, "Asking the KV metadata service failed in a way that it should not")]
    private partial void LogUnexpected(Exception error);

    [LoggerMessage(LogLevel.Information, "The KV metadata service answers again")]
    private partial void LogBack();
}
