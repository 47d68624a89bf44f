using System.Buffers;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>A SchedulingRequest as it was read. Reused from request to request; texts are never null.</summary>
internal sealed class ParsedRequest : IRequestMessage
{
    /// <inheritdoc/>
    public string? Error { get; set; }

    internal string Id { get; set; } = "";

    internal string Model { get; set; } = "";

    internal string GatewayId { get; set; } = "";

    internal string SchedulingMode { get; set; } = "";

    internal string SchedulingStage { get; set; } = "";

    internal int PromptTokens { get; set; }

    /// <summary>How many token ids came along.</summary>
    internal int PromptTokenIds { get; set; }

    /// <summary>The prompt's length: the count, or the number of ids where no count was given.</summary>
    internal int PromptLength => PromptTokens > 0 ? PromptTokens : PromptTokenIds;

    internal List<ReleasedInstance> SchedulingResult { get; } = new(2);

    internal SchedulingMode Mode { get; set; }

    internal InferType Stage { get; set; }

    /// <inheritdoc/>
    public void Clear()
    {
        Error = null;
        Id = Model = GatewayId = SchedulingMode = SchedulingStage = "";
        PromptTokens = PromptTokenIds = 0;
        SchedulingResult.Clear();
    }

    /// <inheritdoc/>
    public void Read(in ReadOnlySequence<byte> json) => SchedulingRequestReader.Read(in json, this);
}
