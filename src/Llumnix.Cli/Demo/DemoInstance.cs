namespace Llumnix.Cli.Demo;

/// <summary>One instance in the live table.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its infer type.</param>
/// <param name="Running">Running requests, as the engine reports them, in lite mode as the gateways do.</param>
/// <param name="Waiting">Waiting requests, likewise.</param>
/// <param name="KvUsage">KV cache in use, 0 to 1; null in lite mode, where it is unknown.</param>
/// <param name="InFlight">Requests dispatched that the engine has not reported yet; null in lite mode.</param>
/// <param name="Health">A word or two, such as <c>ok</c> or <c>stale</c>.</param>
internal sealed record DemoInstance(string Id, string Type, int Running, int Waiting, double? KvUsage, int? InFlight, string Health)
{
    /// <summary>Whether it has crashed, or the scheduler has lost sight of it: its numbers mean nothing then.</summary>
    public bool IsGone { get; init; }

    /// <summary>Where it listens, as <c>host:port</c>.</summary>
    public string Address { get; init; } = "";

    /// <summary>Requests that have migrated from here so far.</summary>
    public int MigratedOut { get; init; }
}
