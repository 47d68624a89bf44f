namespace Llumnix.Protocol.Http;

/// <summary>One row of the body of <c>/report</c>: how far a request is.</summary>
public sealed record RequestReport
{
    /// <summary><c>state_update</c> or <c>prefill_done</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The request's id.</summary>
    public string Id { get; set; } = "";

    /// <summary>Model name.</summary>
    public string Model { get; set; } = "";

    /// <summary>The role of the reported instance: <c>neutral</c>, <c>prefill</c> or <c>decode</c>.</summary>
    public string InferType { get; set; } = "";

    /// <summary>The instance's id as <c>/schedule</c> has answered it.</summary>
    public string InstanceId { get; set; } = "";

    /// <summary><c>host:port</c> of the gateway's end of its keep-alive connection.</summary>
    public string GatewayId { get; set; } = "";

    /// <summary>Tokens of the request so far, prompt and output.</summary>
    public ulong NumTokens { get; set; }
}
