using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>How requests are served by a fleet of prefill and decode engines.</summary>
/// <param name="Protocol">How the engines are told of each other.</param>
/// <param name="IsStaged">Whether the decode instance is chosen by a second decision.</param>
internal sealed record PdMode(IPdProtocol Protocol, bool IsStaged)
{
    /// <summary>What the options ask for; null when prefill and decode are not separated.</summary>
    public static PdMode? Of(GatewayOptions options) => ProtocolOf(options) is { } protocol ? new PdMode(protocol, options.IsPdStaged) : null;

    /// <summary>Whether requests of a path have a prefill and a decode. All others go to a decode instance as they are.</summary>
    public static bool Covers(string path) => path is "/v1/chat/completions" or "/v1/completions";

    /// <summary>What is asked for a request at first.</summary>
    /// <param name="query">The request.</param>
    /// <param name="isDisaggregated">Whether it goes to two engines.</param>
    public PlacementQuery First(PlacementQuery query, bool isDisaggregated) =>
        !isDisaggregated ? Decode(query)
        : IsStaged ? query with { Mode = SchedulingMode.PdStaged, Stage = InferType.Prefill }
        : query with { Mode = SchedulingMode.PdBatch };

    /// <summary>What is asked for its decode alone. Where the prompt's prefix is cached does not matter for it.</summary>
    public static PlacementQuery Decode(PlacementQuery query) =>
        query with { Mode = SchedulingMode.PdStaged, Stage = InferType.Decode, PromptTokenIds = null, Prefix = default };

    private static IPdProtocol? ProtocolOf(GatewayOptions options) => options.PdProtocol switch
    {
        PdProtocol.VllmKvt => new VllmKvt(options.IsPdStaged),
        PdProtocol.VllmMooncake => new VllmMooncake(),
        PdProtocol.SglangMooncake => new SglangMooncake(options.BootstrapPort),
        _ => null,
    };
}
