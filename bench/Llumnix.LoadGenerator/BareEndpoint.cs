using System.CommandLine;
using System.Text.Json.Serialization;

namespace Llumnix.LoadGenerator;

/// <summary>
/// <c>loadgen bare</c>: parses a ScheduleRequestBody with source-generated System.Text.Json and answers it with a constant placement.
/// What is left when a scheduler does not schedule: the mark to measure /schedule against.
/// </summary>
internal static class BareEndpoint
{
    internal static Command Command()
    {
        var port = new Option<int>("--port") { DefaultValueFactory = _ => 8102 };
        var command = new Command("bare", "Serves an endpoint that only parses and answers the same JSON.") { port };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(port), cancellation));
        return command;
    }

    private static Task RunAsync(int port, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, BareJson.Default));
        WebApplication app = builder.Build();
        BareInstance[] placement = [new(0, "10.0.0.1_instance0_1", "", "neutral", new("10.0.0.1", 8000), "10.0.0.1", 9000, 0, 1)];
        app.MapPost("/schedule", (BareRequest request) => request with { PromptTokenIds = null, SchedulingResult = placement });
        return app.RunAsync(cancellation);
    }
}

internal sealed record BareEndpointAddress(string Host, int Port);

internal sealed record BareInstance(
    long Version, string Id, string Model, string InferType, BareEndpointAddress Endpoint, string AuxIp, int AuxPort, int DpRank, int DpSize);

internal sealed record BareRequest(
    string Id,
    string Model,
    string GatewayId,
    string SchedulingMode,
    string SchedulingStage,
    int PromptNumTokens,
    uint[]? PromptTokenIds,
    BareInstance[]? SchedulingResult);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BareRequest))]
internal sealed partial class BareJson : JsonSerializerContext;
