namespace Llumnix.Scheduling.LiteMode;

/// <summary>Options of lite-mode scheduling beside the policy.</summary>
public sealed record LiteModeOptions
{
    /// <summary>Whether a request goes only to instances of its model, or of none: <c>--multi-model-support</c>.</summary>
    public bool IsMultiModelSupported { get; init; }

    /// <summary>A request state whose gateway is not connected is dropped this long after its last schedule or report. Positive.</summary>
    public TimeSpan StateLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same for one that comes in after its gateway was lost, as a request that was still under way. Positive.</summary>
    public TimeSpan LostGatewayStateLifetime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Most request states; above it the one that was touched longest ago makes room. At least 1.</summary>
    public int MaxStates { get; init; } = 1 << 20;

    /// <summary>
    /// Most tokens that one request counts, whatever its gateway says: one absurd number must not make an instance look full. Positive.
    /// </summary>
    public int MaxTokensPerState { get; init; } = 1 << 20;
}
