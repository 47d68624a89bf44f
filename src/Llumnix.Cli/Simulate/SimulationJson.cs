using System.Text.Json;
using System.Text.Json.Serialization;

namespace Llumnix.Cli.Simulate;

/// <summary>The results as JSON. The same scenario and seed give the same bytes.</summary>
internal static class SimulationJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    internal static string Write(Scenario scenario, IReadOnlyList<RunSummary> runs) =>
        JsonSerializer.Serialize(new { Scenario = scenario, Runs = runs }, Options) + "\n";
}
