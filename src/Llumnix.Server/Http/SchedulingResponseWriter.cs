using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>
/// Writes the answer of /schedule: the request's fields without the token ids, and the placement. The object is reused; not thread-safe.
/// </summary>
internal sealed class SchedulingResponseWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    internal SchedulingResponseWriter() => _json = new Utf8JsonWriter(_buffer, Options);

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    /// <summary>The answer's bytes, valid until the next call.</summary>
    internal ReadOnlySpan<byte> Write(ParsedRequest request, in Placement placement)
    {
        _buffer.ResetWrittenCount();
        _json.Reset(_buffer);
        _json.WriteStartObject();
        _json.WriteString("id"u8, request.Id);
        _json.WriteString("model"u8, request.Model);
        _json.WriteString("gateway_id"u8, request.GatewayId);
        _json.WriteString("scheduling_mode"u8, request.SchedulingMode);
        _json.WriteString("scheduling_stage"u8, request.SchedulingStage);
        _json.WriteNumber("prompt_num_tokens"u8, request.PromptTokens);
        _json.WriteNull("prompt_token_ids"u8);
        _json.WriteStartArray("scheduling_result"u8);
        WriteInstance(placement.First);
        if (placement.Second is { } second)
        {
            WriteInstance(second);
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }

    private void WriteInstance(in PlacedInstance placed)
    {
        InstanceAddress instance = placed.Instance;
        _json.WriteStartObject();
        _json.WriteNumber("version"u8, instance.Version);
        _json.WriteString("id"u8, instance.WireId);
        _json.WriteString("model"u8, instance.Model);
        _json.WriteString("infer_type"u8, placed.Role.ToName());
        _json.WriteStartObject("endpoint"u8);
        _json.WriteString("host"u8, instance.Host);
        _json.WriteNumber("port"u8, instance.Port);
        _json.WriteEndObject();
        _json.WriteString("aux_ip"u8, instance.AuxIp);
        _json.WriteNumber("aux_port"u8, instance.AuxPort);
        _json.WriteNumber("dp_rank"u8, instance.DataParallelRank);
        _json.WriteNumber("dp_size"u8, instance.DataParallelSize);
        _json.WriteEndObject();
    }
}
