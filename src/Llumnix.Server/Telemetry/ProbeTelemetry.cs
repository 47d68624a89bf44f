using Llumnix.Adapters.Probes;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Metrics of the probes of instances whose statuses have stopped.</summary>
internal sealed class ProbeTelemetry(IMetricFactory factory)
{
    private static readonly (ProbeOutcome Outcome, string Name)[] Names =
    [
        (ProbeOutcome.Answers, "answers"),
        (ProbeOutcome.Refused, "refused"),
        (ProbeOutcome.NoAnswer, "no_answer"),
        (ProbeOutcome.Unhealthy, "unhealthy"),
        (ProbeOutcome.Unknown, "unknown"),
    ];

    private readonly Counter _probes = factory.CreateCounter(
        "scheduler_instance_probes_total", "Probes of instances whose status has stopped changing, by what was found at their address.", ["outcome"]);

    /// <summary>Shows the counts so far.</summary>
    internal void Show(SilentInstanceProber prober)
    {
        foreach ((ProbeOutcome outcome, string name) in Names)
        {
            _probes.WithLabels(name).IncTo(prober.Probes(outcome));
        }
    }
}
