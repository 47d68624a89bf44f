using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Llumnix.Adapters.Secrets;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Tests.Http;

/// <summary>Engines that were started with an API key ask for it where the real ones do.</summary>
public sealed class ApiKeyGuardTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MetricsFace.Vllm, "/v1/models", true)]
    [InlineData(MetricsFace.Vllm, "/v1/nothing", true)]
    [InlineData(MetricsFace.Vllm, "/health", false)]
    [InlineData(MetricsFace.Vllm, "/metrics", false)]
    [InlineData(MetricsFace.Vllm, "/tokenize", false)]
    [InlineData(MetricsFace.Sglang, "/v1/models", true)]
    [InlineData(MetricsFace.Sglang, "/v1/loads", true)]
    [InlineData(MetricsFace.Sglang, "/tokenize", true)]
    [InlineData(MetricsFace.Sglang, "/health", false)]
    [InlineData(MetricsFace.Sglang, "/metrics", false)]
    public async Task Get_WithoutTheKey_IsDeniedWhereItIsAskedFor(MetricsFace face, string path, bool isGuarded)
    {
        await using EngineHost host = await StartAsync(face);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Engines[0].Port}") };
        Assert.Equal(isGuarded, await StatusAsync(client, path, null) == HttpStatusCode.Unauthorized);
        Assert.Equal(isGuarded, await StatusAsync(client, path, "Bearer another") == HttpStatusCode.Unauthorized);
        Assert.Equal(isGuarded, await StatusAsync(client, path, "key") == HttpStatusCode.Unauthorized);
        Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(client, path, "Bearer key"));
        Assert.NotEqual(HttpStatusCode.Unauthorized, await StatusAsync(client, path, "bearer key"));
    }

    [Fact]
    public async Task Complete_WithAndWithoutTheKey_IsAnsweredOrDenied()
    {
        await using EngineHost host = await StartAsync(MetricsFace.Vllm);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Engines[0].Port}") };
        using HttpResponseMessage denied = await client.PostAsync("/v1/completions", Body(), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, denied.StatusCode);
        Assert.Equal("""{"error":"Unauthorized"}""", await denied.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(0, host.Engines[0].AcceptedRequests);

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "key");
        using HttpResponseMessage answer = await client.PostAsync("/v1/completions", Body(), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static StringContent Body() => new("""{"model":"m","prompt":"Hello","max_tokens":2}""", Encoding.UTF8, "application/json");

    private static Task<EngineHost> StartAsync(MetricsFace face)
    {
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral);
        return EngineHost.StartAsync(
            options with { ApiKey = new Secret("key"), Engines = [options.Engines[0] with { MetricsFace = face }] }, Cancellation);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using HttpResponseMessage answer = await client.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }
}
