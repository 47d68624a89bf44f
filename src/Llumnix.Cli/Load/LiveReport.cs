using Llumnix.Protocol.Http;

namespace Llumnix.Cli.Load;

/// <summary>One instance that a live request holds, as the reports tell of it. Disposing ends the reports.</summary>
internal sealed class LiveReport(LoadRequest request, Instance instance, Action<LiveReport> onEnded) : IDisposable
{
    private bool _isPrefillDoneTold;

    /// <summary>Whether there is a first token that has not been told.</summary>
    public bool IsDue => !_isPrefillDoneTold && request.Timeline.Tokens > 0;

    /// <summary>The next row; the first one with a token says that the prefill is done.</summary>
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
