namespace Llumnix.Cli.Load;

/// <summary>The Instance of the scheduler's HTTP API.</summary>
internal sealed record ScheduledInstance
{
    public long Version { get; init; }

    public string Id { get; init; } = "";

    public string Model { get; init; } = "";

    public string InferType { get; init; } = "";

    public ScheduledEndpoint? Endpoint { get; init; }

    public string AuxIp { get; init; } = "";

    public int AuxPort { get; init; }

    public int DpRank { get; init; }

    public int DpSize { get; init; }
}
