using System.Text.Json.Serialization;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.AdminApi;

/// <summary>JSON of the admin API: names in snake case, members that are null are written, numbers that are not finite are texts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(FleetAnswer))]
[JsonSerializable(typeof(FleetDelta))]
[JsonSerializable(typeof(FleetHistoryAnswer))]
[JsonSerializable(typeof(FleetRecentAnswer))]
[JsonSerializable(typeof(DecisionsAnswer))]
[JsonSerializable(typeof(DecisionAnswer))]
[JsonSerializable(typeof(DecisionsEvent))]
[JsonSerializable(typeof(MigrationsAnswer))]
[JsonSerializable(typeof(MigrationsEvent))]
[JsonSerializable(typeof(TargetsAnswer))]
[JsonSerializable(typeof(TargetsInterval))]
[JsonSerializable(typeof(SettingsAnswer))]
[JsonSerializable(typeof(StatusEvent))]
[JsonSerializable(typeof(WhatIfAnswer))]
public sealed partial class AdminJsonContext : JsonSerializerContext;
