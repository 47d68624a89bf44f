using Llumnix.Scheduling.Requests;

namespace Llumnix.Cli.Load;

/// <summary>The parameters of a <see cref="GatewayLoad"/>.</summary>
/// <param name="Scheduler">Base address of the scheduler, such as <c>http://127.0.0.1:8080</c>.</param>
internal sealed record GatewayLoadOptions(Uri Scheduler)
{
    /// <summary>How requests are scheduled.</summary>
    public SchedulingMode Mode { get; init; } = SchedulingMode.Neutral;

    /// <summary>
    /// Whether <see cref="SchedulingMode.PdBatch"/> uses vllm-kvt, in which only the decode instance gets the request, instead of vllm-mooncake.
    /// </summary>
    public bool IsKvt { get; init; }

    /// <summary>Model name in every request.</summary>
    public string Model { get; init; } = "default";

    /// <summary>Whether the scheduler runs in lite mode: then the gateway keeps a connection alive and reports its live requests.</summary>
    public bool IsLiteMode { get; init; }

    /// <summary>Whether prompts are sent as token ids, which are derived from their content ids.</summary>
    public bool SendsTokenIds { get; init; }

    /// <summary>Time between two reports of all live requests, above 0.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The gateway's id; in lite mode the address of its end of the keep-alive connection replaces it.</summary>
    public string GatewayId { get; init; } = "load-generator";

    /// <summary>Longest wait for one answer of the scheduler.</summary>
    public TimeSpan SchedulerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for a whole request, from its start to its last token.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long open requests may go on after the last arrival; then they are cut off.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
