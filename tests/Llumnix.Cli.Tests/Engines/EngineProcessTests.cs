using System.Globalization;
using System.Net;
using System.Text;
using Llumnix.Cli.Tests.Processes;
using Llumnix.Server.Telemetry;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Engines;

public sealed class EngineProcessTests
{
    [Theory]
    [InlineData("""{"prompt":"a b","max_tokens":2}""", HttpStatusCode.OK)]
    [InlineData("""{"prompt":"a b","max_tokens":2,"stream":true}""", HttpStatusCode.OK)]
    [InlineData("{", HttpStatusCode.BadRequest)]
    public async Task Run_RequestsAreServed_NoneIsLogged(string body, HttpStatusCode expected)
    {
        int port = FreePort.Find(1)[0];
        using LlumnixProcess process = LlumnixProcess.Start("engine", "--port", port.ToString(CultureInfo.InvariantCulture));
        Assert.EndsWith(
            string.Create(CultureInfo.InvariantCulture, $"llumnix {BuildVersion.Version} engine: listening on http://127.0.0.1:{port} (neutral)"), await process.ReadLineAsync(), StringComparison.Ordinal);

        using var client = new HttpClient();
        for (int i = 0; i < 3; i++)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync(
                new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1/completions")), content, TestContext.Current.CancellationToken);
            Assert.Equal(expected, answer.StatusCode);
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        await process.TerminateAsync();
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"Engine 127.0.0.1:{port} has stopped"), await process.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("", await process.ReadLineAsync());
        Assert.Equal(0, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task Run_EnginesBeyondTheLastPort_OneLineSaysSo()
    {
        (int exitCode, string errors) = await LlumnixProcess.RunAsync("engine", "--count", "3", "--port", "65535");
        Assert.Equal((2, true), (exitCode, errors.StartsWith("error: --port must leave a port, up to 65535, for each engine (3), not 65535", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_FaceFaultAndModels_AreThoseOfTheFlags()
    {
        int[] ports = FreePort.Find(2);
        using LlumnixProcess sglang = LlumnixProcess.Start(
            "engine", "--port", ports[0].ToString(CultureInfo.InvariantCulture), "--metrics-face", "sglang", "--served-models", "base, adapter",
            "--data-parallel-size", "2");
        using LlumnixProcess broken = LlumnixProcess.Start("engine", "--port", ports[1].ToString(CultureInfo.InvariantCulture), "--metrics-fault", "error");
        await sglang.ReadLineAsync();
        await broken.ReadLineAsync();
        using var client = new HttpClient();

        string models = await GetAsync(client, ports[0], "/v1/models");
        Assert.Contains("\"base\"", models, StringComparison.Ordinal);
        Assert.Contains("\"adapter\"", models, StringComparison.Ordinal);
        Assert.Contains("sglang:num_queue_reqs{", await GetAsync(client, ports[0], "/metrics"), StringComparison.Ordinal);
        Assert.Contains("{\"dp_rank\":1,\"num_running_reqs\":0,\"num_waiting_reqs\":0,", await GetAsync(client, ports[0], "/v1/loads"), StringComparison.Ordinal);
        using HttpResponseMessage failed = await client.GetAsync(UriOf(ports[1], "/metrics"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        await sglang.TerminateAsync();
        await broken.TerminateAsync();
    }

    [Theory]
    [InlineData("--infer-type", "decode")]
    [InlineData("--cms-redis", "127.0.0.1:1")]
    public async Task Run_RanksOfAPatchedEngine_AreRefused(string flag, string value)
    {
        using LlumnixProcess process = LlumnixProcess.Start("engine", "--port", "0", "--data-parallel-size", "2", flag, value);
        Assert.Equal(2, await process.WaitForExitAsync());
    }

    private static Task<string> GetAsync(HttpClient client, int port, string path) => client.GetStringAsync(UriOf(port, path), TestContext.Current.CancellationToken);

    private static Uri UriOf(int port, string path) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{path}"));
}
