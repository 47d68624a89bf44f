using System.Globalization;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Cli.Top;

/// <summary>Which columns of the instances fit into a terminal: first those go that are empty, then the less important ones. Id and health stay.</summary>
internal static class TopColumns
{
    private const int ShortId = 24;
    private const int LongId = 40;
    private const int LeastId = 8;

    private static readonly TopColumn[] All =
    [
        new("role", 8, 7, static instance => instance.Role),
        new("address", 21, 6, static instance => instance.Address) { NeedsText = true },
        new("unit", 12, 2, static instance => instance.Unit) { NeedsText = true },
        new("node", 12, 1, static instance => instance.Node) { NeedsText = true },
        new("run", -5, 11, static instance => Count(instance.Running)),
        new("wait", -5, 10, static instance => Count(instance.Waiting)),
        new("KV", -5, 12, static instance => KvOf(instance) is { } ratio ? ratio.ToString("0%", CultureInfo.InvariantCulture) : "-"),
        new("flight", -6, 9, static instance => Count(instance.InFlight)),
        new("KV tokens", -9, 5, static instance => Count(instance.KvUsedTokens)) { NeedsText = true },
        new("prefill tok", -11, 4, static instance => Count(instance.PrefillTokens)) { NeedsText = true },
        new("decode tok", -10, 3, static instance => Count(instance.DecodeTokens ?? instance.TrackedTokens)) { NeedsText = true },
        new("age s", -5, 8, static instance => AgeOf(instance)),
        new("health", 13, 0, HealthOf),
    ];

    /// <summary>Chooses the columns.</summary>
    /// <param name="instances">All instances.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <returns>The width of the id's column, and the others from left to right.</returns>
    internal static (int IdWidth, IReadOnlyList<TopColumn> Columns) Choose(IReadOnlyCollection<FleetInstance> instances, int width)
    {
        List<TopColumn> columns = [.. All.Where(column => !column.NeedsText || instances.Any(instance => column.Text(instance) is not ("" or "-")))];
        while (LeftOf(columns) < ShortId && columns.Where(static column => column.LeavesAs > 0).MinBy(static column => column.LeavesAs) is { } least)
        {
            columns.Remove(least);
        }

        int wanted = instances.Any(static instance => instance.Id.Length > ShortId) ? LongId : ShortId;
        return (Math.Clamp(LeftOf(columns), LeastId, wanted), columns);

        int LeftOf(List<TopColumn> kept) => width - 1 - kept.Sum(static column => column.Space);
    }

    /// <summary>Its health; an instance that is kept although nothing answers at its address is unreachable here, as in the lines above.</summary>
    internal static string HealthOf(FleetInstance instance) => instance is { IsUnreachable: true, Health: "ok" or "stale" } ? "unreachable" : instance.Health;

    /// <summary>Share of the KV cache that is in use; null where it is not known.</summary>
    internal static double? KvOf(FleetInstance instance) =>
        instance is { KvUsedTokens: { } used, KvTotalTokens: > 0 and { } total } ? (double)used / total : null;

    private static string AgeOf(FleetInstance instance) =>
        instance.SignalAgeMs is { } age ? (age / 1000.0).ToString(age < 100_000 ? "0.0" : "0", CultureInfo.InvariantCulture) : "-";

    private static string Count(double? number) => number?.ToString("0", CultureInfo.InvariantCulture) ?? "-";
}
