using System.Text.Json.Serialization;

namespace Llumnix.Protocol.Http;

/// <summary>JSON of the HTTP messages: snake_case names, unknown fields ignored, absent fields at their zero value.</summary>
/// <remarks>The messages have setters because generated readers make absent init-only texts null.</remarks>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ScheduleRequestBody))]
[JsonSerializable(typeof(IReadOnlyList<RequestReport>), TypeInfoPropertyName = "RequestReports")]
[JsonSerializable(typeof(Endpoint))]
public sealed partial class HttpJsonContext : JsonSerializerContext;
