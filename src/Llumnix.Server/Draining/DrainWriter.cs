using System.Buffers;
using System.Text.Json;
using Llumnix.Adapters.Listeners;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Server.Draining;

/// <summary>Writes the answers of <c>/admin/drain</c>.</summary>
internal static class DrainWriter
{
    internal static ReadOnlyMemory<byte> Write(IReadOnlyList<DrainReport> drains)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, ReadableJson.Indented))
        {
            json.WriteStartObject();
            json.WriteBoolean("safe_to_delete"u8, drains.Count > 0 && drains.All(static drain => drain.IsSafeToDelete));
            json.WriteStartArray("drains"u8);
            foreach (DrainReport drain in drains)
            {
                Write(json, drain);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, DrainReport drain)
    {
        json.WriteStartObject();
        json.WriteString("scope"u8, DrainSelection.NameOf(drain.Selector.Scope));
        json.WriteString("value"u8, drain.Selector.Value);
        json.WriteBoolean("safe_to_delete"u8, drain.IsSafeToDelete);
        json.WriteStartArray("instances"u8);
        foreach (DrainingInstance instance in drain.Instances)
        {
            Write(json, instance);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DrainingInstance instance)
    {
        json.WriteStartObject();
        json.WriteString("instance_id"u8, instance.Id);
        json.WriteString("id"u8, instance.Address.WireId);
        json.WriteString("address"u8, HostAddress.EndpointOf(instance.Address.Host, instance.Address.Port));
        json.WriteString("infer_type"u8, instance.InferType.ToName());
        json.WriteBoolean("safe_to_delete"u8, instance.IsSafeToDelete);
        json.WriteString("why_not_safe"u8, instance.WhyNotSafe);
        json.WriteNumber("drained_for_ms"u8, Milliseconds(instance.DrainedFor));
        if (instance.EmptyIn is { } estimate)
        {
            json.WriteNumber("estimated_ms_to_empty"u8, Milliseconds(estimate));
        }
        else
        {
            json.WriteNull("estimated_ms_to_empty"u8);
        }

        json.WriteNumber("requests_at_start"u8, instance.AtStart);
        json.WriteNumber("requests"u8, instance.Work.Requests);
        json.WriteNumber("running"u8, instance.Work.Running);
        json.WriteNumber("waiting"u8, instance.Work.Waiting);
        json.WriteNumber("loading"u8, instance.Work.Loading);
        json.WriteNumber("migrating_in"u8, instance.Work.MigratingIn);
        json.WriteNumber("migrating_out"u8, instance.Work.MigratingOut);
        json.WriteNumber("in_ledger"u8, instance.Work.InLedger);
        json.WriteNumber("kv_tokens"u8, instance.Work.KvTokens);
        json.WriteEndObject();
    }

    private static long Milliseconds(TimeSpan span) => (long)Math.Round(span.TotalMilliseconds);
}
