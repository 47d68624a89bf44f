using Llumnix.Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Disaggregation;

/// <summary>What scripted prefill and decode engines answer.</summary>
internal static class PdAnswers
{
    /// <summary>Where the KV cache is, in a spelling that nothing but a copy keeps.</summary>
    public const string KvTransferParams = """{ "remote_block_ids":[1, 2.0e0],"remote_engine_id":"\u0070" }""";

    private const string Prefilled = $$"""{"choices":[{"text":"x"}],"kv_transfer_params":{"old":1},"kv_transfer_params" : {{KvTransferParams}}}""";

    public const string Whole = """{"choices":[{"text":"all"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""";
    public const string Stream = "data: {\"choices\":[{\"text\":\"a\"}]}\n\ndata: [DONE]\n\n";

    public static Task<ScriptedEngine> PrefillAsync() => ScriptedEngine.StartAsync(Prefill);

    public static Task<ScriptedEngine> DecodeAsync() => ScriptedEngine.StartAsync(Decode);

    /// <summary>An engine that fails, refuses or breaks off, in one of the ways that engines do.</summary>
    public static Task<ScriptedEngine> FailingAsync(string failure) => ScriptedEngine.StartAsync(async (context, _) =>
    {
        switch (failure)
        {
            case "500":
                context.Response.StatusCode = 500;
                await context.Response.WriteAsync("""{"error":{"message":"mine"}}""");
                break;
            case "broken within":
                await context.Response.WriteAsync("{");
                await context.Response.Body.FlushAsync();
                context.Abort();
                break;
            default:
                context.Abort();
                break;
        }
    });

    /// <summary>The answer of a prefill engine.</summary>
    public static Task Prefill(HttpContext context, byte[] body) => AnswerAsync(context, body, Prefilled);

    /// <summary>The answer of a decode engine.</summary>
    public static Task Decode(HttpContext context, byte[] body) => AnswerAsync(context, body, Whole);

    /// <summary>Streams when it is asked to.</summary>
    private static async Task AnswerAsync(HttpContext context, byte[] body, string whole)
    {
        bool isStream = body.AsSpan().IndexOf("\"stream\":true"u8) >= 0;
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = isStream ? "text/event-stream" : "application/json";
        }

        await context.Response.WriteAsync(isStream ? Stream : whole, context.RequestAborted);
    }
}
