namespace Llumnix.Scheduling.Health;

/// <summary>Which instances share the fate of a bad one, and when an instance is bad for its silence.</summary>
public sealed record FailoverOptions
{
    /// <summary>What fails together, one of <see cref="FailoverDomainNames.All"/>: <c>--failover-domain</c>.</summary>
    public string Domain { get; init; } = "instance";

    /// <summary>An instance whose status has not advanced for longer is stale, above zero: <c>--instance-staleness-seconds</c>.</summary>
    public TimeSpan InstanceStaleness { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// An instance whose status has not changed for so long is probed at its address; zero: none is. <c>--instance-probe-after-ms</c>.
    /// </summary>
    public TimeSpan ProbeAfter { get; init; } = TimeSpan.FromMilliseconds(1200);

    /// <summary>
    /// How many of the healthy instances may be out since they are unreachable, in percent, 1 to 100; one always may: <c>--max-unreachable-percent</c>.
    /// </summary>
    public int MaxUnreachablePercent { get; init; } = 30;

    /// <summary>The domain that <see cref="Domain"/> names.</summary>
    /// <exception cref="ArgumentException">It names none.</exception>
    public FailoverDomain ParseDomain() => FailoverDomainNames.TryParse(Domain, out FailoverDomain domain)
        ? domain
        : throw new ArgumentException($"unknown failover domain '{Domain}'; known: {string.Join(", ", FailoverDomainNames.All)}");
}
