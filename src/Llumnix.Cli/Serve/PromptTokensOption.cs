using System.CommandLine;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Serve;

/// <summary><c>--prompt-tokens</c>: how the length of a prompt is known.</summary>
internal static class PromptTokensOption
{
    private const string Engine = "engine";

    /// <summary>The option, to be added to a command.</summary>
    internal static Option<string> Create()
    {
        var option = new Option<string>("--prompt-tokens")
        {
            Description = "How the length of a prompt is known: estimate, or engine: by the /tokenize of an engine, which costs a call per request.",
            DefaultValueFactory = static _ => "estimate",
        };
        return option.AcceptOnlyFromAmong("estimate", Engine);
    }

    /// <summary>Takes its value over.</summary>
    internal static GatewayOptions Apply(Option<string> option, ParseResult parsed, GatewayOptions options) =>
        options with { PromptTokens = parsed.GetValue(option) == Engine ? PromptTokenSource.Engine : PromptTokenSource.Estimate };
}
