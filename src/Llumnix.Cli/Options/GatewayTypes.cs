using Llumnix.Adapters.Options.Table;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Options;

/// <summary>The kinds of values that only the gateway's flags have.</summary>
internal static class GatewayTypes
{
    private const string NoProtocol = "none";
    private const string OverHttp = "http/protobuf";

    private static readonly OptionType<PdProtocol> Protocols = OptionTypes.Choice(
        (NoProtocol, PdProtocol.None), ("vllm-kvt", PdProtocol.VllmKvt), ("vllm-mooncake", PdProtocol.VllmMooncake), ("sglang-mooncake", PdProtocol.SglangMooncake));

    /// <summary>A protocol between prefill and decode engines; empty, as manifests also have it, for none.</summary>
    public static OptionType<PdProtocol> Protocol { get; } =
        Protocols with { Read = static (string text, out PdProtocol value) => Protocols.Read(text.Length == 0 ? NoProtocol : text, out value) };

    /// <summary>Where the length of a prompt is known from.</summary>
    public static OptionType<PromptTokenSource> PromptTokens { get; } =
        OptionTypes.Choice(("estimate", PromptTokenSource.Estimate), ("engine", PromptTokenSource.Engine));

    /// <summary>A collector's address; empty for none.</summary>
    public static OptionType<Uri?> Collector { get; } =
        new("URL", "a URL that begins with http:// or https://", TryReadCollector, static url => url?.OriginalString ?? "");

    /// <summary>Whether OTLP is spoken over plain HTTP.</summary>
    public static OptionType<bool> IsOverHttp { get; } = new($"grpc|{OverHttp}", $"grpc or {OverHttp}", TryReadTransport, static isHttp => isHttp ? OverHttp : "grpc");

    private static bool TryReadCollector(string text, out Uri? url)
    {
        bool isUrl = Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https";
        url = isUrl ? url : null;
        return isUrl || text.Length == 0;
    }

    private static bool TryReadTransport(string text, out bool isHttp)
    {
        isHttp = text == OverHttp;
        return isHttp || text == "grpc";
    }
}
