namespace Llumnix.Deploy.Tests.Monitoring;

/// <summary>A metric as processes export it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">counter, gauge or histogram.</param>
/// <param name="Help">Its help text.</param>
internal sealed record ExportedMetric(string Name, string Type, string Help)
{
    /// <summary>The processes that export it.</summary>
    internal SortedSet<string> Processes { get; } = new(StringComparer.Ordinal);

    /// <summary>Its labels, without a bucket's bound.</summary>
    internal SortedSet<string> Labels { get; } = new(StringComparer.Ordinal);

    /// <summary>The values of each label that some process has shown.</summary>
    internal Dictionary<string, SortedSet<string>> Values { get; } = [];
}
