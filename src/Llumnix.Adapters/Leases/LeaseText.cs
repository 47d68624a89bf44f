using System.Globalization;

namespace Llumnix.Adapters.Leases;

/// <summary>A holder as text: epoch, id and address on a line each. The value of the lease's key in Redis and etcd.</summary>
internal static class LeaseText
{
    /// <summary>Writes a holder.</summary>
    public static string Write(LeaseCandidate candidate, long epoch) =>
        string.Create(CultureInfo.InvariantCulture, $"{epoch}\n{candidate.Id}\n{candidate.Address}");

    /// <summary>Reads a holder.</summary>
    /// <exception cref="LeaseStoreException">The text is none of ours.</exception>
    public static LeaseRecord Read(string text, TimeSpan remaining)
    {
        string[] lines = text.Split('\n');
        return lines.Length == 3 && lines[1].Length > 0
            && long.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out long epoch) && epoch > 0
            ? new LeaseRecord(lines[1], lines[2], epoch, remaining)
            : throw new LeaseStoreException("the lease's key holds something else than a holder");
    }
}
