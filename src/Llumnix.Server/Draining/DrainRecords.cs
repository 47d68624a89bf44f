using System.Buffers;
using System.Text.Json;
using Llumnix.Adapters.Leases;
using Llumnix.Scheduling.Draining;

namespace Llumnix.Server.Draining;

/// <summary>Drains as JSON, as they are kept in the store of leases.</summary>
internal static class DrainRecords
{
    /// <summary>Writes drains, beginning with the first.</summary>
    /// <param name="drains">The drains.</param>
    /// <param name="omitted">How many had no room in the largest value that the store takes.</param>
    internal static byte[] Write(IReadOnlyList<Drain> drains, out int omitted)
    {
        var buffer = new ArrayBufferWriter<byte>();
        int count = drains.Count;
        while (true)
        {
            Write(buffer, drains.Take(count));
            if (buffer.WrittenCount <= ILeaseStore.MaxValueBytes)
            {
                omitted = drains.Count - count;
                return buffer.WrittenSpan.ToArray();
            }

            buffer.ResetWrittenCount();
            count = count * 3 / 4;
        }
    }

    /// <summary>Reads drains.</summary>
    /// <returns>Null when the value has another form. A drain that cannot be used is left out.</returns>
    internal static IReadOnlyList<Drain>? Read(ReadOnlyMemory<byte> value)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(value);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("drains"u8, out JsonElement drains)
                && drains.ValueKind == JsonValueKind.Array
                ? [.. drains.EnumerateArray().Select(ReadOne).OfType<Drain>()]
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second one is half of a surrogate pair in a text.
            return null;
        }
    }

    private static void Write(ArrayBufferWriter<byte> buffer, IEnumerable<Drain> drains)
    {
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("drains"u8);
        foreach (Drain drain in drains)
        {
            json.WriteStartObject();
            json.WriteString("scope"u8, DrainSelection.NameOf(drain.Selector.Scope));
            json.WriteString("value"u8, drain.Selector.Value);
            if (drain.Process is { } process)
            {
                json.WriteStartObject("process"u8);
                json.WriteNumber("utc_create"u8, double.IsFinite(process.UtcCreate) ? process.UtcCreate : 0);
                // A mode that knows no host has none.
                if (process.Host is { } host)
                {
                    json.WriteString("host"u8, host);
                }

                json.WriteNumber("port"u8, process.Port);
                json.WriteNumber("version"u8, process.Version);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static Drain? ReadOne(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object
            || Text(json, "scope"u8) is not { } scope
            || Text(json, "value"u8) is not { } value
            || DrainSelection.Of(scope, value, out _) is not { } selector)
        {
            return null;
        }

        return selector.Scope != DrainScope.Instance ? new Drain(selector)
            : json.TryGetProperty("process"u8, out JsonElement process) && ReadProcess(process) is { } read ? new Drain(selector, read)
            : null;
    }

    private static EngineProcess? ReadProcess(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object
        && Number(json, "utc_create"u8) is { } number && number.TryGetDouble(out double utcCreate)
        && Number(json, "port"u8) is { } portNumber && portNumber.TryGetInt32(out int port)
        && Number(json, "version"u8) is { } versionNumber && versionNumber.TryGetInt64(out long version)
            ? new EngineProcess(utcCreate, Text(json, "host"u8)!, port, version)
            : null;

    private static string? Text(JsonElement json, ReadOnlySpan<byte> name) =>
        json.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static JsonElement? Number(JsonElement json, ReadOnlySpan<byte> name) =>
        json.TryGetProperty(name, out JsonElement number) && number.ValueKind == JsonValueKind.Number ? number : null;
}
