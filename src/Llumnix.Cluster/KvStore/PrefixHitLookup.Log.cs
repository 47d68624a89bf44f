using Microsoft.Extensions.Logging;

namespace Llumnix.Cluster.KvStore;

public sealed partial class PrefixHitLookup
{
    [LoggerMessage(LogLevel.Warning, "The KV metadata service is left alone for {Duration}: {Error}")]
    private partial void LogDown(TimeSpan duration, string error);

    [LoggerMessage(LogLevel.Error, "Asking the KV metadata service failed in a way that it should not")]
    private partial void LogUnexpected(Exception error);

    [LoggerMessage(LogLevel.Information, "The KV metadata service answers again")]
    private partial void LogBack();

    [LoggerMessage(
        LogLevel.Warning,
        "{Count} prompts that begin as earlier ones did had no hit in the KV store. The usual cause: its writers hash otherwise; compare "
        + "GO_HASH_SEED, --kvs-hash-algo and --kvs-chunk-size with theirs")]
    private partial void LogHitsMissing(int count);
}
