using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Llumnix.Adapters.Listeners;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>Writes the answer of /debug/explain.</summary>
internal static class ExplanationWriter
{
    /// <param name="roles">The explanations.</param>
    /// <param name="warning">What does not work although requests are placed; null when all does.</param>
    internal static ReadOnlyMemory<byte> Write(IReadOnlyList<RoleExplanation> roles, string? warning)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ReadableJson.Indented))
        {
            json.WriteStartObject();
            json.WriteStartArray("roles"u8);
            foreach (RoleExplanation role in roles)
            {
                Write(json, role);
            }

            json.WriteEndArray();
            json.WriteString("warning"u8, warning);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    internal static string NameOf(ScheduleOutcome outcome) => outcome switch
    {
        ScheduleOutcome.Placed => "placed",
        ScheduleOutcome.EndpointNotFound => "endpoint_not_found",
        ScheduleOutcome.NoAvailableEndpoint => "no_available_endpoint",
        ScheduleOutcome.StoreNotAvailable => "store_not_available",
        ScheduleOutcome.Deferred => "held",
        ScheduleOutcome.PromptTooLong => "prompt_too_long",
        ScheduleOutcome.AllExcluded => "all_excluded",
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
    };

    private static void Write(Utf8JsonWriter json, RoleExplanation role)
    {
        json.WriteStartObject();
        json.WriteString("policy"u8, role.Policy);
        json.WriteString("role"u8, role.Role.ToName());
        json.WriteString("outcome"u8, NameOf(role.Outcome));
        json.WriteString("instance_id"u8, role.InstanceId);
        json.WriteBoolean("pick_is_unreachable"u8, role.InstanceId is { } pick && role.Candidates.Any(candidate => candidate.InstanceId == pick && candidate.IsUnreachable));
        json.WriteBoolean("preferences_met"u8, role.ArePreferencesMet);
        json.WriteStartArray("candidates"u8);
        foreach (CandidateExplanation candidate in role.Candidates)
        {
            Write(json, role, candidate);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, RoleExplanation role, CandidateExplanation candidate)
    {
        json.WriteStartObject();
        json.WriteString("instance_id"u8, candidate.InstanceId);
        json.WriteString("id"u8, candidate.WireId);
        json.WriteString("address"u8, candidate.Address);
        json.WriteString("dropped_by"u8, candidate.DroppedBy);
        json.WriteBoolean("only_unwanted"u8, candidate.IsOnlyUnwanted);
        json.WriteBoolean("is_unreachable"u8, candidate.IsUnreachable);
        json.WriteString("latency_class"u8, candidate.LatencyClass);
        if (candidate.KvCapacityTokens is { } tokens)
        {
            json.WriteNumber("kv_capacity_tokens"u8, tokens);
        }
        else
        {
            json.WriteNull("kv_capacity_tokens"u8);
        }

        json.WriteStartObject("metrics"u8);
        for (int i = 0; i < role.Metrics.Count; i++)
        {
            // JSON has no infinity.
            double value = candidate.Values[i];
            json.WritePropertyName(role.Metrics[i]);
            if (double.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
