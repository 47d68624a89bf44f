using System.Buffers;
using System.Text;
using System.Text.Json;
using Llumnix.EngineEmulator.Engines;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The <c>kv_transfer_params</c> in a prefill's response: where the KV is. The gateway passes them on with the decode request.</summary>
internal static class KvTransferReply
{
    public static string Write(EngineAddress address, string requestId)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("do_remote_prefill", true);
            json.WriteBoolean("do_remote_decode", false);
            json.WriteString("remote_engine_id", address.InstanceId);
            json.WriteString("remote_host", address.Host);
            json.WriteNumber("remote_port", address.Port);
            json.WriteString("remote_request_id", requestId);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
