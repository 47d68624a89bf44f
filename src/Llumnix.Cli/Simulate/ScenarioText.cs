namespace Llumnix.Cli.Simulate;

/// <summary>The YAML form of a scenario, with names in snake case. <see cref="Scenario"/> documents the members.</summary>
internal sealed class ScenarioText
{
    public WorkloadText Workload { get; set; } = new();

    public List<EngineGroupText> Fleet { get; set; } = [new()];

    public int? SchedulerProfileGroup { get; set; }

    public string Mode { get; set; } = "neutral";

    public double TtftSlo { get; set; } = 6000;

    public double TpotSlo { get; set; } = 50;

    public double PushIntervalMs { get; set; } = 40;

    public double DispatchDelayMs { get; set; } = 1;

    public double AskAgainMs { get; set; } = 1000;

    public double AskAgainForS { get; set; } = 10;

    public double? EngineReadDelayMs { get; set; }

    public double? KvMetadataDelayMs { get; set; }

    public int Seed { get; set; } = 1;

    public List<ContestantText> Contestants { get; set; } = [new()];

    public List<FaultText> Faults { get; set; } = [];

    internal sealed class WorkloadText
    {
        public string? Trace { get; set; }

        public string Name { get; set; } = "azure-conversation";

        public string? Arrivals { get; set; }

        public List<double> Rates { get; set; } = [];

        public int? Requests { get; set; }

        public double? Duration { get; set; }

        public int? OthersEvery { get; set; }
    }

    internal sealed class EngineGroupText
    {
        public int Count { get; set; } = 8;

        public string InferType { get; set; } = "neutral";

        public string? TtftProfile { get; set; }

        public string? TpotProfile { get; set; }

        public int KvCapacity { get; set; } = 945_029;

        public int MaxBatchedTokens { get; set; } = 8192;

        public double Noise { get; set; }
    }

    internal sealed class ContestantText
    {
        public string Name { get; set; } = "load-balance";

        public List<string> Flags { get; set; } = [];

        public string? Baseline { get; set; }

        public double? ReportIntervalMs { get; set; }

        public bool FirstTokensWait { get; set; }

        public int? PrefillEngines { get; set; }

        public int? Schedulers { get; set; }

        public double? PeerDelayMs { get; set; }

        public double? PeerLoss { get; set; }

        public double? ForwardMs { get; set; }
    }

    internal sealed class FaultText
    {
        public string Kind { get; set; } = "crash";

        public int Engine { get; set; }

        public double At { get; set; }

        public double Duration { get; set; } = 60;
    }
}
