using Llumnix.Scheduling.Requests;

namespace Llumnix.Cli.Load;

/// <summary>How <see cref="GatewayLoad"/> plays a workload.</summary>
/// <param name="Scheduler">Base address of the scheduler, such as <c>http://127.0.0.1:8080</c>.</param>
internal sealed record GatewayLoadOptions(Uri Scheduler)
{
    /// <summary>How the requests are to be served.</summary>
    public SchedulingMode Mode { get; init; } = SchedulingMode.Neutral;

    /// <summary>Model name in every request.</summary>
    public string Model { get; init; } = "default";

    /// <summary>The id by which the scheduler knows this gateway.</summary>
    public string GatewayId { get; init; } = "load-generator";

    /// <summary>Longest wait for one answer of the scheduler.</summary>
    public TimeSpan SchedulerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest time for a whole request, from its start to its last token.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long open requests may go on after the last arrival; then they are cut off.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
