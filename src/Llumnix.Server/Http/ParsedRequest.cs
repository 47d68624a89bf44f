using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>A parsed ScheduleRequestBody. The object is reused; texts are never null.</summary>
internal sealed class ParsedRequest : IRequestMessage
{
    private readonly SchedulingRequestReader _reader;
    private uint[] _tokenIds = [];
    private int _tokenIdCount;
    private ulong[] _chunks = [];
    private int _chunkCount;

    public ParsedRequest() => _reader = new SchedulingRequestReader(this);

    /// <inheritdoc/>
    public string? Error { get; set; }

    /// <inheritdoc/>
    public long ParsedBytes => (_tokenIds.Length * (long)sizeof(uint)) + (_chunks.Length * (long)sizeof(ulong));

    internal string Id { get; set; } = "";

    internal string Model { get; set; } = "";

    internal string GatewayId { get; set; } = "";

    internal string SchedulingMode { get; set; } = "";

    internal string SchedulingStage { get; set; } = "";

    internal int PromptTokens { get; set; }

    /// <summary>The token ids of the prompt; valid until the request is cleared.</summary>
    internal ReadOnlyMemory<uint> PromptTokenIds => _tokenIds.AsMemory(0, _tokenIdCount);

    /// <summary>Hashes of the prompt's chunks as the gateway has cut it; valid until the request is cleared.</summary>
    internal ReadOnlyMemory<ulong> PromptChunks => _chunks.AsMemory(0, _chunkCount);

    /// <summary>Tokens of one of <see cref="PromptChunks"/>, as the gateway estimates; 0 where it gives none.</summary>
    internal double PromptChunkTokens { get; set; }

    /// <summary>Whether the prompt is to be computed by an instance that this request asks for.</summary>
    internal bool IncludesPrefill => Mode != Llumnix.Scheduling.Requests.SchedulingMode.PdStaged || Stage == InferType.Prefill;

    /// <summary>The prompt's length: the count, or the number of ids where no count was given.</summary>
    internal int PromptLength => PromptTokens > 0 ? PromptTokens : _tokenIdCount;

    internal List<ReleasedInstance> SchedulingResult { get; } = new(2);

    /// <summary>Ids of instances that the request must not get; null for none.</summary>
    internal IReadOnlyList<string>? ExcludedInstances { get; set; }

    /// <summary>Whether the request is asked again since an engine has failed it.</summary>
    internal bool IsRetry { get; set; }

    internal SchedulingMode Mode { get; set; }

    internal InferType Stage { get; set; }

    /// <inheritdoc/>
    public void Clear()
    {
        Error = null;
        Id = Model = GatewayId = SchedulingMode = SchedulingStage = "";
        PromptTokens = 0;
        PromptChunkTokens = 0;
        ClearTokenIds();
        ClearChunks();
        SchedulingResult.Clear();
        ExcludedInstances = null;
        IsRetry = false;
        _reader.Reset();
    }

    /// <inheritdoc/>
    public int Read(ReadOnlySpan<byte> json, bool isLast) => _reader.Read(json, isLast);

    /// <summary>Whether to look up cached prefixes first: the request includes a prefill, and its prompt is long enough for a lookup.</summary>
    internal bool WantsPrefixHits([NotNullWhen(true)] PrefixHitLookup? lookup) =>
        lookup is not null
        && IncludesPrefill
        && lookup.IsWanted(_tokenIdCount);

    /// <summary>The scheduler's input; without a prefix it stays valid when this object is cleared.</summary>
    /// <param name="hits">Where the prompt's prefix is held; null where that is not known.</param>
    /// <param name="prefix">What identifies the prompt's beginning; empty where nothing does.</param>
    internal PlacementRequest ToPlacementRequest(PrefixHits? hits, in PromptPrefix prefix) =>
        new(Id, Mode, Stage, PromptLength, hits, Model, HostAddress.NormalizeEndpoint(GatewayId), ExcludedInstances, prefix, IsRetry);

    /// <summary>Hashes the chunks of the token ids, in place of <see cref="PromptChunks"/>.</summary>
    internal ReadOnlyMemory<ulong> HashTokenIds(int chunkTokens)
    {
        ClearChunks();
        _chunkCount = Llumnix.Scheduling.PrefixCache.PromptChunks.CountOf(_tokenIdCount, chunkTokens);
        _chunks = ArrayPool<ulong>.Shared.Rent(_chunkCount);
        Llumnix.Scheduling.PrefixCache.PromptChunks.Hash(PromptTokenIds.Span, chunkTokens, _chunks.AsSpan(0, _chunkCount));
        return PromptChunks;
    }

    /// <summary>Adds a hash to <see cref="PromptChunks"/>; what is beyond the largest number that counts is dropped.</summary>
    internal void AddChunk(ulong hash)
    {
        if (_chunks.Length == 0)
        {
            _chunks = ArrayPool<ulong>.Shared.Rent(PromptPrefix.MaxChunks);
        }

        if (_chunkCount < PromptPrefix.MaxChunks)
        {
            _chunks[_chunkCount++] = hash;
        }
    }

    /// <summary>Removes the hashes and frees their memory.</summary>
    internal void ClearChunks()
    {
        if (_chunks.Length > 0)
        {
            ArrayPool<ulong>.Shared.Return(_chunks);
            _chunks = [];
        }

        _chunkCount = 0;
    }

    /// <summary>Adds a token id; false at the largest number.</summary>
    internal bool TryAddTokenId(uint id)
    {
        if (_tokenIdCount == _tokenIds.Length && !TryGrowTokenIds())
        {
            return false;
        }

        _tokenIds[_tokenIdCount++] = id;
        return true;
    }

    /// <summary>Removes the token ids and frees their memory.</summary>
    internal void ClearTokenIds()
    {
        if (_tokenIds.Length > 0)
        {
            ArrayPool<uint>.Shared.Return(_tokenIds);
            _tokenIds = [];
        }

        _tokenIdCount = 0;
    }

    private bool TryGrowTokenIds()
    {
        if (_tokenIdCount >= BodyBounds.MaxTokenIds)
        {
            return false;
        }

        uint[] larger = ArrayPool<uint>.Shared.Rent(Math.Max(1024, 2 * _tokenIds.Length));
        _tokenIds.CopyTo(larger, 0);
        if (_tokenIds.Length > 0)
        {
            ArrayPool<uint>.Shared.Return(_tokenIds);
        }

        _tokenIds = larger;
        return true;
    }
}
