namespace Llumnix.Scheduling.Instances;

/// <summary>A lite-mode instance: found by discovery, its load is what gateways have been told and have reported.</summary>
public sealed class LiteModeInstance(string id, InferType inferType) : Instance
{
    /// <inheritdoc/>
    public override string Id { get; } = id;

    /// <inheritdoc/>
    public override InferType InferType { get; } = inferType;

    /// <summary>Request states held; not negative.</summary>
    public long HeldRequests { get; internal set; }

    /// <summary>Tokens of the request states held; not negative.</summary>
    public long HeldTokens { get; internal set; }
}
