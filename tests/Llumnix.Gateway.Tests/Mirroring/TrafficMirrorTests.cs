using System.Net;
using System.Text;
using Llumnix.Gateway.Mirroring;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Testing.Polling;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Mirroring;

/// <summary>Copies of requests: what is in them, and that the requests themselves do not depend on them.</summary>
public sealed class TrafficMirrorTests : IDisposable
{
    private const string Chat = "/v1/chat/completions";
    private const string Body = """{"model":"m","messages":[]}""";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-mirror-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_folder.FullName, "mirror.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Post_CopyHasTheClientsBodyAndNotItsCredentials()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using ScriptedEngine mirror = await ScriptedEngine.StartAsync("""{"other":"answer"}""");
        Write(mirror.Url, 100, """, "Authorization": "Bearer mirror" """);
        await using TestGateway gateway = await StartAsync(engine);

        using HttpResponseMessage answer = await gateway.PostAsync(
            Chat, Body, ("Authorization", "Bearer client"), ("x-api-key", "client"), ("x-request-id", "r1"), ("x-own", "1"));

        Assert.Equal("{}", await answer.Content.ReadAsStringAsync(Cancellation));
        EngineCall copy = await mirror.NextAsync();
        Assert.Equal((Chat, Body), (copy.Path, Encoding.UTF8.GetString(copy.Body)));
        Assert.Equal(("Bearer mirror", "r1", "1"), (copy.Headers["Authorization"], copy.Headers["x-request-id"], copy.Headers["x-own"]));
        Assert.DoesNotContain("x-api-key", copy.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        await UntilCountedAsync(gateway, "answered", 1);
        Assert.Contains("gateway_mirror_current_requests 0", await MetricsAsync(gateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MirrorIsSilent_RequestsAreAnsweredAndCopiesAreBounded()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using ScriptedEngine mirror = await ScriptedEngine.StartAsync(static (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        Write(mirror.Url, 100);
        await using TestGateway gateway = await StartAsync(engine);

        await Parallel.ForAsync(0, TrafficMirror.MaxCopies + 10, Cancellation, async (_, _) =>
        {
            using HttpResponseMessage answer = await gateway.PostAsync(Chat, Body);
            Assert.Equal("{}", await answer.Content.ReadAsStringAsync(Cancellation));
        });

        await UntilCountedAsync(gateway, "dropped", 10);
        Assert.Contains(
            FormattableString.Invariant($"gateway_mirror_current_requests {TrafficMirror.MaxCopies}"), await MetricsAsync(gateway), StringComparison.Ordinal);
        Assert.Equal(0, gateway.Host.ActiveRequests);
    }

    [Fact]
    public async Task Post_CopyIsNotAnsweredInTime_IsGivenUp()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using ScriptedEngine mirror = await ScriptedEngine.StartAsync(static (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        Write(mirror.Url, 100, ""","Timeout":50""");
        await using TestGateway gateway = await StartAsync(engine);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await UntilCountedAsync(gateway, "failed", 1);
    }

    [Fact]
    public async Task Post_NoMirrorThere_RequestsAreAnswered()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        Write(new Uri("http://127.0.0.1:1"), 100);
        await using TestGateway gateway = await StartAsync(engine);
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await UntilCountedAsync(gateway, "failed", 1);
    }

    [Fact]
    public async Task Post_FileChanges_CountsFromTheNextLookOnAndABadOneIsNotTaken()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        await using ScriptedEngine mirror = await ScriptedEngine.StartAsync("{}");
        Write(mirror.Url, 0);
        var time = new FakeTimeProvider();
        await using TestGateway gateway = await StartAsync(engine, time);
        await PostAsync(gateway);
        await UntilCountedAsync(gateway, "answered", 0);

        Write(mirror.Url, 100);
        await Eventually.TrueAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await PostAsync(gateway);
            return !(await MetricsAsync(gateway)).Contains("gateway_mirrored_requests_total{outcome=\"answered\"} 0\n", StringComparison.Ordinal);
        });
        await File.WriteAllTextAsync(FilePath, "{", Cancellation);
        time.Advance(TimeSpan.FromSeconds(10));
        int before = mirror.Unseen;
        await PostAsync(gateway);
        await Eventually.TrueAsync(() => mirror.Unseen > before);
    }

    [Fact]
    public async Task Start_NoSuchFile_IsAnError()
    {
        await using ScriptedEngine engine = await ScriptedEngine.StartAsync("{}");
        MirrorFileException problem = await Assert.ThrowsAsync<MirrorFileException>(() => StartAsync(engine));
        Assert.Equal($"--mirror-config-file: the file \"{FilePath}\" cannot be read: there is no such file", problem.Message);
    }

    private static Task<string> MetricsAsync(TestGateway gateway) => gateway.Client.GetStringAsync("/metrics", Cancellation);

    private static Task UntilCountedAsync(TestGateway gateway, string outcome, int count) => Eventually.TrueAsync(async () =>
        (await MetricsAsync(gateway)).Contains(
            FormattableString.Invariant($"gateway_mirrored_requests_total{{outcome=\"{outcome}\"}} {count}\n"), StringComparison.Ordinal));

    private static async Task PostAsync(TestGateway gateway)
    {
        using HttpResponseMessage answer = await gateway.PostAsync(Chat, Body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private Task<TestGateway> StartAsync(ScriptedEngine engine, TimeProvider? time = null) =>
        TestGateway.StartAsync(new TestPlacer(engine.Url), new GatewayOptions { MirrorFile = FilePath }, time);

    private void Write(Uri url, int ratio, string more = "") => File.WriteAllText(
        FilePath, FormattableString.Invariant($$"""{"Enable":true,"Target":"{{url}}","Ratio":{{ratio}}{{more}}}"""));
}
