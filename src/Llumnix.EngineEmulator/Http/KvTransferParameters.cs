using System.Text.Json;

namespace Llumnix.EngineEmulator.Http;

/// <summary>vLLM's <c>kv_transfer_params</c>, as far as they matter here. Absent texts are empty.</summary>
internal sealed record KvTransferParameters
{
    /// <summary>The request is the prefill stage: its KV is to be kept for another engine.</summary>
    public bool DoRemoteDecode { get; init; }

    /// <summary>The request is the decode stage: its KV is on another engine.</summary>
    public bool DoRemotePrefill { get; init; }

    /// <summary>Instance id of the prefill engine.</summary>
    public string RemoteEngineId { get; init; } = "";

    /// <summary>The prefill engine's id of the request.</summary>
    public string RemoteRequestId { get; init; } = "";

    public static KvTransferParameters Read(JsonElement element) => new()
    {
        DoRemoteDecode = Flag(element, "do_remote_decode"),
        DoRemotePrefill = Flag(element, "do_remote_prefill"),
        RemoteEngineId = Text(element, "remote_engine_id"),
        RemoteRequestId = Text(element, "remote_request_id"),
    };

    private static bool Flag(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
