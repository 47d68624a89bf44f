using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.KvStore;

public sealed partial class PrefixHitLookup
{
    [LoggerMessage(
        LogLevel.Warning,
        "A lookup in the KV store ended before it was complete, with {Known} of {Chunks} chunks known; {Others} others since the last such message")]
    private partial void LogCutShort(int known, int chunks, int others);

    [LoggerMessage(
        LogLevel.Warning,
        "{Count} prompts that begin as earlier ones did had no hit in the KV store. The usual cause: its writers hash otherwise; compare "
        + "GO_HASH_SEED, --kvs-hash-algo and --kvs-chunk-size with theirs")]
    private partial void LogHitsMissing(int count);
}
