namespace Llumnix.Server.Options;

/// <summary>The failover domain, and the time after which a silent instance counts as failed.</summary>
public sealed record FailoverOptions
{
    /// <summary>The failover domain's name.</summary>
    public string Domain { get; init; } = "instance";

    /// <summary>An instance whose status has not advanced for longer than this is stale.</summary>
    public TimeSpan InstanceStaleness { get; init; } = TimeSpan.FromSeconds(60);
}
