namespace Llumnix.Server.Options;

/// <summary>Which instances share the fate of a bad one, and when an instance is bad for its silence.</summary>
public sealed record FailoverOptions
{
    /// <summary>The failure domain's name.</summary>
    public string Domain { get; init; } = "instance";

    /// <summary>An instance whose status has not advanced for longer than this is stale.</summary>
    public TimeSpan InstanceStaleness { get; init; } = TimeSpan.FromSeconds(60);
}
