using System.Text.Json;
using Llumnix.EngineEmulator.Engines;

namespace Llumnix.EngineEmulator.Http;

/// <summary>The fields of vLLM's <c>kv_transfer_params</c> that the emulator uses. Absent texts are empty.</summary>
internal sealed record KvTransferParameters
{
    /// <summary>Whether the request is the prefill stage, whose KV is kept for another engine.</summary>
    public bool DoRemoteDecode { get; init; }

    /// <summary>Whether the request is the decode stage, whose KV is on another engine.</summary>
    public bool DoRemotePrefill { get; init; }

    /// <summary>Instance id of the prefill engine.</summary>
    public string RemoteEngineId { get; init; } = "";

    /// <summary>The prefill engine's id of the request.</summary>
    public string RemoteRequestId { get; init; } = "";

    /// <summary>The prefill engine's address for KV transfers.</summary>
    public string RemoteHost { get; init; } = "";

    /// <summary>Its port there; 0 without <see cref="RemoteHost"/>.</summary>
    public int RemotePort { get; init; }

    /// <summary>Whether this engine gets the whole request and asks the named engine to compute the prompt, as in vllm-kvt with pd_batch.</summary>
    public bool IsBatch => !DoRemoteDecode && !DoRemotePrefill && RemoteHost.Length > 0;

    public static KvTransferParameters Read(JsonElement element, ref string error)
    {
        string host = Text(element, "remote_host");
        int port = 0;
        _ = element.TryGetProperty("remote_port", out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out port);
        if (host.Length > 0 && !new EngineAddress("", host, port).IsUsable)
        {
            error = "kv_transfer_params.remote_host and remote_port are no address";
        }

        return new KvTransferParameters
        {
            DoRemoteDecode = Flag(element, "do_remote_decode"),
            DoRemotePrefill = Flag(element, "do_remote_prefill"),
            RemoteEngineId = Text(element, "remote_engine_id"),
            RemoteRequestId = Text(element, "remote_request_id"),
            RemoteHost = host,
            RemotePort = host.Length > 0 ? port : 0,
        };
    }

    private static bool Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
