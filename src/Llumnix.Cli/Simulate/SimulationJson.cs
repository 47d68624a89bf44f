using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Options;
using Llumnix.Server.Options;
using Llumnix.Simulation.Comparisons;

namespace Llumnix.Cli.Simulate;

/// <summary>The results as JSON. The same scenario and seed give the same bytes; what is not known, such as a latency that no request has, is null.</summary>
internal static class SimulationJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = ReadableJson.Encoder,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new KnownNumberConverter() },
    };

    /// <summary>The scenario, and a run for each rate, contestant and seed; with several seeds also the means over them.</summary>
    internal static string Write(Scenario scenario, IReadOnlyList<RunSummary> runs) => scenario.Seeds > 1
        ? JsonSerializer.Serialize(new { Scenario = Shown(scenario), Means = ContestantRuns.Of(runs).Select(Means), Runs = runs }, Options) + "\n"
        : JsonSerializer.Serialize(new { Scenario = Shown(scenario), Runs = runs }, Options) + "\n";

    /// <summary>The scenario without secrets in the flags of its contestants.</summary>
    private static Scenario Shown(Scenario scenario) => scenario with
    {
        Contestants = [.. scenario.Contestants.Select(static contestant => contestant with { Flags = ShownArguments.Of(SchedulerOptionsParser.Flags, contestant.Flags) })],
    };

    /// <summary>Every number of a contestant's runs but the seed, as its mean and half the width of the 95 percent interval.</summary>
    private static JsonObject Means(ContestantRuns row)
    {
        JsonObject[] runs = [.. row.Runs.Select(static run => JsonSerializer.SerializeToNode(run, Options)!.AsObject())];
        var means = new JsonObject { ["contestant"] = row.Contestant, ["rate"] = row.Rate };
        foreach (string name in runs[0].Select(static member => member.Key).Where(static name => name is not ("contestant" or "rate" or "seed" or "coverage")))
        {
            Estimate estimate = Estimate.Of(runs.Select(run => run[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : double.NaN));
            means[name] = JsonSerializer.SerializeToNode(new { estimate.Mean, estimate.HalfWidth }, Options);
        }

        return means;
    }
}
