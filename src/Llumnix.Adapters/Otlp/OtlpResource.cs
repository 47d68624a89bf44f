using OpenTelemetry.Resources;

namespace Llumnix.Adapters.Otlp;

/// <summary>What a process says of itself in its telemetry: <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c>, over a name of our own.</summary>
internal static class OtlpResource
{
    /// <summary>Adds these attributes.</summary>
    /// <param name="resource">The builder.</param>
    /// <param name="service">Name of the service, unless the environment has another one.</param>
    public static ResourceBuilder Configure(ResourceBuilder resource, string service) => resource.Clear().AddService(service).AddEnvironmentVariableDetector();

    /// <summary>The attributes.</summary>
    public static IReadOnlyList<KeyValuePair<string, object>> AttributesOf(string service) => [.. Configure(ResourceBuilder.CreateEmpty(), service).Build().Attributes];
}
