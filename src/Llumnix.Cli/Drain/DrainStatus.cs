using System.Text.Json.Serialization;

namespace Llumnix.Cli.Drain;

/// <summary>The answer of a scheduler's <c>/admin/drain</c>.</summary>
/// <param name="SafeToDelete">Whether all instances of all drains in it can be deleted.</param>
/// <param name="Drains">The drains.</param>
internal sealed record DrainStatus(bool SafeToDelete, IReadOnlyList<ReportedDrain> Drains)
{
    /// <summary>The answer as it came, with what is not read here.</summary>
    [JsonIgnore]
    public string Json { get; init; } = "";
}
