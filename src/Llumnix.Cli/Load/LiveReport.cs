using Llumnix.Protocol.Http;

namespace Llumnix.Cli.Load;

/// <summary>The reports on one instance that a live request uses. Disposal ends them.</summary>
internal sealed class LiveReport(LoadRequest request, Instance instance, Action<LiveReport> onEnded) : IDisposable
{
    private bool _isPrefillDoneTold;

    /// <summary>Whether there is a first token that has not been reported.</summary>
    public bool IsDue => !_isPrefillDoneTold && request.Timeline.Tokens > 0;

    /// <summary>The next row; the first one with a token reports the end of the prefill.</summary>
    public RequestReport Next(string gatewayId)
    {
        bool isDone = IsDue;
        _isPrefillDoneTold |= isDone;
        return new RequestReport
        {
            Kind = isDone ? "prefill_done" : "state_update",
            Id = request.Id,
            Model = instance.Model,
            InferType = instance.InferType,
            InstanceId = instance.Id,
            GatewayId = gatewayId,
            NumTokens = (ulong)(request.Arrival.PromptTokens + request.Timeline.Tokens),
        };
    }

    public void Dispose() => onEnded(this);
}
