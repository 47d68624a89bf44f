using System.Diagnostics.CodeAnalysis;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Server.Http;

/// <summary>Identifies the prompts of requests for a scheduler that estimates prefix hits from its placements, outside of its lock.</summary>
internal sealed class PromptPrefixes
{
    private readonly int _chunkTokens;

    private PromptPrefixes(PrefixHistoryOptions options) => _chunkTokens = options.ChunkTokens;

    /// <summary>Null unless the options ask for prefix hits from placements.</summary>
    [return: NotNullIfNotNull(nameof(history))]
    internal static PromptPrefixes? Of(PrefixHistoryOptions? history) => history is null ? null : new PromptPrefixes(history);

    /// <summary>
    /// The prompt's prefix: of its token ids or, without them, of the chunks that the gateway has hashed. Empty for decodes. Valid
    /// until the request is cleared.
    /// </summary>
    internal PromptPrefix Of(ParsedRequest request) => !request.IncludesPrefill ? default
        : !request.PromptTokenIds.IsEmpty ? new PromptPrefix(request.HashTokenIds(_chunkTokens), _chunkTokens)
        : request.PromptChunkTokens > 0 ? new PromptPrefix(request.PromptChunks, request.PromptChunkTokens)
        : default;
}
