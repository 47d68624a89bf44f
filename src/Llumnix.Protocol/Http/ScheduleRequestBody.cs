using System.Text.Json.Serialization;

namespace Llumnix.Protocol.Http;

/// <summary>Body of <c>/schedule</c> and <c>/release</c>, and the answer of <c>/schedule</c>.</summary>
public sealed record ScheduleRequestBody
{
    /// <summary>The request's id, the same as the engine's x-request-id.</summary>
    public string Id { get; set; } = "";

    /// <summary>Model name; used when multi-model support is on.</summary>
    public string Model { get; set; } = "";

    /// <summary><c>host:port</c> of the gateway's end of its keep-alive connection.</summary>
    public string GatewayId { get; set; } = "";

    /// <summary><c>neutral</c>, <c>pd_batch</c> or <c>pd_staged</c>.</summary>
    public string SchedulingMode { get; set; } = "";

    /// <summary><c>prefill</c> or <c>decode</c> with the mode <c>pd_staged</c>, else empty.</summary>
    public string SchedulingStage { get; set; } = "";

    /// <summary>Prompt length in tokens.</summary>
    public int PromptNumTokens { get; set; }

    /// <summary>The prompt's token ids; null when they are not known, and in every answer.</summary>
    public IReadOnlyList<uint>? PromptTokenIds { get; set; }

    /// <summary>
    /// Hashes of the prompt's chunks from its start, each of its chunk alone, for a scheduler that estimates prefix hits from its placements; others ignore them. Null, and
    /// then not written, when none are told.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ulong>? PromptChunks { get; set; }

    /// <summary>Tokens of one of the <see cref="PromptChunks"/>, above zero, as the gateway estimates; null, and then not written, without them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PromptChunkTokens { get; set; }

    /// <summary>Ids (as answers have them) or endpoints (<c>host:port</c>) of instances that the request must not go to; null, and then not written, when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? ExcludedInstances { get; set; }

    /// <summary>Whether the request is asked again since an engine has failed it; false is not written.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Retry { get; set; }

    /// <summary>The chosen instances, prefill before decode; null or empty in a request to schedule.</summary>
    public IReadOnlyList<Instance>? SchedulingResult { get; set; }

    /// <summary>The message without what only a decision needs, to be kept while the request runs.</summary>
    public ScheduleRequestBody WithoutPrompt() => this with { PromptTokenIds = null, PromptChunks = null, PromptChunkTokens = null, ExcludedInstances = null, Retry = false };
}
