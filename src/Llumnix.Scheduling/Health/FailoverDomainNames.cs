namespace Llumnix.Scheduling.Health;

/// <summary>The names of the failover domains in <c>--failover-domain</c>.</summary>
public static class FailoverDomainNames
{
    private static readonly string[] Names = ["instance", "node", "instance-unit", "node-unit"];

    /// <summary>All names, in the order of the enum.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>Parses a name; false when it is none of <see cref="All"/>.</summary>
    public static bool TryParse(string name, out FailoverDomain domain)
    {
        int index = Array.IndexOf(Names, name);
        domain = index < 0 ? default : (FailoverDomain)index;
        return index >= 0;
    }
}
