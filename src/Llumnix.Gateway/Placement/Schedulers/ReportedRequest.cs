using Llumnix.Protocol.Http;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>The reports on one instance that a live request uses. Disposal ends them.</summary>
internal sealed class ReportedRequest(ScheduleRequestBody message, Instance instance, Func<int> outputTokens, Action<ReportedRequest> onEnded) : IDisposable
{
    private bool _isPrefillDoneTold;

    /// <summary>Whether there is a first token that has not been reported.</summary>
    public bool IsDue => !_isPrefillDoneTold && outputTokens() > 0;

    /// <summary>The next row; the first one with a token reports the end of the prefill.</summary>
    public RequestReport Next()
    {
        bool isDone = IsDue;
        _isPrefillDoneTold |= isDone;
        return new RequestReport
        {
            Kind = isDone ? "prefill_done" : "state_update",
            Id = message.Id,
            Model = instance.Model,
            InferType = instance.InferType,
            InstanceId = instance.Id,
            // The scheduler knows the request under the id of its placement, also after the gateway has got another one.
            GatewayId = message.GatewayId,
            NumTokens = (ulong)((long)message.PromptNumTokens + outputTokens()),
        };
    }

    public void Dispose() => onEnded(this);
}
