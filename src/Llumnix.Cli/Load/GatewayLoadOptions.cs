namespace Llumnix.Cli.Load;

/// <summary>The parameters of a <see cref="GatewayLoad"/>.</summary>
/// <param name="Gateway">Base address of the gateway, such as <c>http://127.0.0.1:8080</c>.</param>
internal sealed record GatewayLoadOptions(Uri Gateway)
{
    /// <summary>Model name in every request.</summary>
    public string Model { get; init; } = "default";

    /// <summary>Longest time for a whole request, from its start to its last token.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long open requests may go on after the last arrival; then they are cut off.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(30);
}
