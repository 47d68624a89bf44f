using System.Globalization;
using System.Net;

namespace Llumnix.Cli.Serve;

/// <summary>The ports of the prefill engines' KV transfer, as an option names them.</summary>
internal static class KvTransferPorts
{
    /// <summary>Reads a list of ports with commas between.</summary>
    /// <param name="text">The list; empty for none.</param>
    /// <param name="ports">The ports.</param>
    /// <returns>False when an item is no port.</returns>
    public static bool TryRead(string text, out IReadOnlyList<int> ports)
    {
        string[] items = text.Length == 0 ? [] : text.Split(',', StringSplitOptions.TrimEntries);
        ports = [.. items.Select(static item => int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out int port) ? port : 0)];
        return ports.All(static port => port is > 0 and <= IPEndPoint.MaxPort);
    }
}
