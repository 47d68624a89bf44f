namespace Llumnix.Cli.Load;

/// <summary>The SchedulingRequest of the scheduler's HTTP API: what goes to <c>/schedule</c> and <c>/release</c> and comes back.</summary>
internal sealed record SchedulingMessage
{
    public required string Id { get; init; }

    public string Model { get; init; } = "";

    public string GatewayId { get; init; } = "";

    public string SchedulingMode { get; init; } = "";

    public string SchedulingStage { get; init; } = "";

    public int PromptNumTokens { get; init; }

    public IReadOnlyList<ScheduledInstance>? SchedulingResult { get; init; }
}
