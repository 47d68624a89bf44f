using System.Diagnostics.CodeAnalysis;
using Llumnix.Protocol.Http;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Instance = Llumnix.Protocol.Http.Instance;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>The instances of a scheduler's answer: with pd_batch one for prefill and one for decode, otherwise one.</summary>
internal static class AskedInstances
{
    /// <summary>Puts the instances of an answer in the order of their use: prefill before decode.</summary>
    /// <param name="message">What was asked.</param>
    /// <param name="answered">The answer's instances, in any order.</param>
    /// <param name="ordered">The same instances in order; null when they are not those that were asked for, or an endpoint is not an address.</param>
    public static bool TryOrder(ScheduleRequestBody message, IReadOnlyList<Instance> answered, [NotNullWhen(true)] out IReadOnlyList<Instance>? ordered)
    {
        bool isPair = message.SchedulingMode == SchedulingMode.PdBatch.ToName();
        ordered = !answered.All(static instance => instance.Endpoint?.IsUsable() == true) || answered.Count != (isPair ? 2 : 1) ? null
            : !isPair || (Is(answered[0], InferType.Prefill) && Is(answered[1], InferType.Decode)) ? answered
            : Is(answered[0], InferType.Decode) && Is(answered[1], InferType.Prefill) ? [answered[1], answered[0]]
            : null;
        return ordered is not null;
    }

    private static bool Is(Instance instance, InferType role) => instance.InferType == role.ToName();
}
