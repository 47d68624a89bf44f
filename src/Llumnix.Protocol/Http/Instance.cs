namespace Llumnix.Protocol.Http;

/// <summary>An engine instance that was chosen for a request.</summary>
public sealed record Instance
{
    /// <summary>The engine's generation in lite mode: a higher one is a restarted engine.</summary>
    public long Version { get; set; }

    /// <summary>The instance's id; in full mode <c>&lt;ip&gt;_instance&lt;dp_rank&gt;_&lt;dp_size&gt;</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>The model that it serves; empty: any.</summary>
    public string Model { get; set; } = "";

    /// <summary>The role for this request: <c>neutral</c>, <c>prefill</c> or <c>decode</c>.</summary>
    public string InferType { get; set; } = "";

    /// <summary>The engine's API server.</summary>
    public Endpoint? Endpoint { get; set; }

    /// <summary>Address of the KV transfer endpoint.</summary>
    public string AuxIp { get; set; } = "";

    /// <summary>Port of the KV transfer endpoint.</summary>
    public int AuxPort { get; set; }

    /// <summary>Data-parallel rank.</summary>
    public int DpRank { get; set; }

    /// <summary>Number of data-parallel ranks.</summary>
    public int DpSize { get; set; }
}
