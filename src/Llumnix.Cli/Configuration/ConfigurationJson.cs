using System.Text.Json;
using System.Text.Json.Serialization;
using Llumnix.Adapters.Listeners;
using Llumnix.Adapters.Options;

namespace Llumnix.Cli.Configuration;

/// <summary>The result of a check as JSON. Never a secret.</summary>
internal static class ConfigurationJson
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, Encoder = ReadableJson.Encoder, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Writes the problems, and of a valid configuration the options that differ from their defaults and the fleet where it was asked for.</summary>
    internal static string Write<TOptions>(string program, OptionsParseResult<TOptions> found, FleetClasses? fleet) => JsonSerializer.Serialize(
        new
        {
            Program = program,
            Valid = found.Errors.Count == 0,
            Errors = found.Errors.Select(Problem),
            Warnings = found.Warnings.Select(Problem),
            Ignored = found.IgnoredFlags,
            Options = found.Errors.Count > 0
                ? []
                : found.NonDefaultOptions.Select(static option => new { option.Name, option.Value, Source = option.Source.ToString() }).ToArray(),
            Fleet = fleet is null ? null : new { fleet.Problem, Instances = fleet.Instances.Select(static pair => new { pair.Id, pair.Class }) },
        },
        Options) + "\n";

    /// <summary>Writes that nothing could be checked.</summary>
    /// <param name="program">The program, as it was named.</param>
    /// <param name="problem">Why not.</param>
    internal static string Write(string program, OptionProblem problem) => JsonSerializer.Serialize(
        new { Program = program, Valid = false, Errors = new[] { Problem(problem) }, Warnings = Array.Empty<object>(), Ignored = Array.Empty<string>(), Options = Array.Empty<object>() },
        Options) + "\n";

    private static object Problem(OptionProblem problem) => new { Source = problem.Source.ToString(), problem.Message };
}
