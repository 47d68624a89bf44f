using System.Net;

namespace Llumnix.Cli.Engines;

/// <summary>Names the engines of a process in its first line.</summary>
internal static class EngineNames
{
    /// <summary>Where they listen, in what role, and as whom schedulers name them where that is another name.</summary>
    /// <param name="address">The address that they listen on.</param>
    /// <param name="role">Their role.</param>
    /// <param name="ranks">Data-parallel ranks of each.</param>
    /// <param name="engines">Port and name of each; of ranks the same port.</param>
    internal static string Describe(IPAddress address, string role, int ranks, IReadOnlyList<(int Port, string Name)> engines)
    {
        int[] ports = [.. engines.Select(static engine => engine.Port).Distinct()];
        string[] endpoints = [.. ports.Select(port => new IPEndPoint(address, port).ToString())];
        string[] names = [.. engines.Select(static engine => engine.Name)];
        bool isRow = ports.SequenceEqual(Enumerable.Range(ports[0], ports.Length));
        string listening = ports.Length > 1 && isRow
            ? FormattableString.Invariant($"http://{endpoints[0]} to {ports[^1]}")
            : string.Join(", ", endpoints.Select(static endpoint => $"http://{endpoint}"));
        string what = (ports.Length == 1 ? role : FormattableString.Invariant($"{ports.Length} {role} engines"))
            + (ranks == 1 ? "" : FormattableString.Invariant($", {ranks} data-parallel ranks{(ports.Length == 1 ? "" : " each")}"));
        string named = ranks > 1 || names.SequenceEqual(endpoints) ? ""
            : names.Length > 1 && isRow ? $", named {names[0]} to {names[^1]}"
            : $", named {string.Join(", ", names)}";
        return $"{listening} ({what}{named})";
    }
}
