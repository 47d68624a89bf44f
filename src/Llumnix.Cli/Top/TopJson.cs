using System.Text.Json;
using System.Text.Json.Nodes;
using Llumnix.Server.AdminApi;

namespace Llumnix.Cli.Top;

/// <summary>A state as JSON: its parts are what the admin API answers and sends as events.</summary>
internal static class TopJson
{
    /// <summary>Writes it, without a line end.</summary>
    internal static string Write(TopState state) => new JsonObject
    {
        ["status"] = JsonSerializer.SerializeToNode(state.Status, AdminJsonContext.Default.StatusEvent),
        ["fleet"] = JsonSerializer.SerializeToNode(state.Fleet, AdminJsonContext.Default.FleetAnswer),
        ["targets"] = JsonSerializer.SerializeToNode(state.Targets, AdminJsonContext.Default.TargetsInterval),
        ["decisions"] = new JsonArray([.. state.Decisions.Select(static decision => JsonSerializer.SerializeToNode(decision, AdminJsonContext.Default.RecordedDecision))]),
        ["drains"] = new JsonArray([.. state.Drains.Select(static drain => JsonSerializer.SerializeToNode(drain, AdminJsonContext.Default.DrainRow))]),
    }.ToJsonString();
}
