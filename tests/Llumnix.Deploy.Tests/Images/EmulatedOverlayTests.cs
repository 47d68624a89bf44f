using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Llumnix.Testing.Polling;
using k8s.Models;
using Llumnix.Deploy.Tests.Manifests;
using Llumnix.Deploy.Tests.Secrets;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>The containers of the emulated overlay, run as processes with the commands, arguments and variables of its manifests.</summary>
public sealed class EmulatedOverlayTests(PublishedTree tree)
{
    [Theory]
    [InlineData("")]
    [InlineData("a \"word\", $(and) more")]
    public async Task Overlay_Started_SchedulesARequestAndAnEngineServesIt(string secret)
    {
        Dictionary<string, string> secrets = secret.Length == 0 ? [] : new() { ["service-token"] = "token", ["redis-password"] = secret };
        using var client = new HttpClient();
        string root = await tree.GetRootAsync();
        int[] ports = FreePort.Find(3);
        RenderedOverlay cluster = RenderedOverlay.Load("emulated");
        V1Container engine = Container(cluster, "engine");
        V1Container scheduler = Container(cluster, "scheduler");
        await using RedisServer redis = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ContainerStart.Of(cluster, Container(cluster, "redis"), secrets).Arguments });
        await AssertRequiresAsync(redis, secret);
        using UnprivilegedProgram firstEngine = ContainerProgram.Start(root, ContainerStart.Of(cluster, engine, secrets), engine, redis, ports[0]);
        using UnprivilegedProgram secondEngine = ContainerProgram.Start(root, ContainerStart.Of(cluster, engine, secrets), engine, redis, ports[1]);
        using UnprivilegedProgram started = ContainerProgram.Start(root, ContainerStart.Of(cluster, scheduler, secrets), scheduler, redis, ports[2]);
        await Eventually.TrueAsync(() => firstEngine.AnswersAsync(client, Url(ports[0], engine.ReadinessProbe)));
        await Eventually.TrueAsync(() => secondEngine.AnswersAsync(client, Url(ports[1], engine.ReadinessProbe)));
        await Eventually.TrueAsync(() => started.AnswersAsync(client, Url(ports[2], scheduler.ReadinessProbe)));

        JsonNode? placed = null;
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage answer = await ScheduleAsync(client, ports[2], secrets.GetValueOrDefault("service-token"));
            placed = answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)) : null;
            return placed is not null;
        });
        if (secret.Length > 0)
        {
            using HttpResponseMessage refused = await ScheduleAsync(client, ports[2], token: null);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        int port = (int)placed!["scheduling_result"]![0]!["endpoint"]!["port"]!;
        Assert.Contains(port, ports[..2]);
        using HttpResponseMessage served = await client.PostAsJsonAsync(
            $"http://127.0.0.1:{port}/v1/completions",
            new { model = "m", prompt = "one two three", max_tokens = 2 },
            TestContext.Current.CancellationToken);
        Assert.True(served.IsSuccessStatusCode);
    }

    private static V1Container Container(RenderedOverlay cluster, string name) =>
        cluster.Workloads.SelectMany(workload => workload.Pod.Containers).Single(container => container.Name == name);

    private static string Url(int port, V1Probe probe) => $"http://127.0.0.1:{port}{probe.HttpGet.Path}";

    private static async Task<HttpResponseMessage> ScheduleAsync(HttpClient client, int port, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{port}/schedule")
        {
            Content = JsonContent.Create(new { id = "r1", scheduling_mode = "neutral", prompt_num_tokens = 100 }),
        };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>With a password the server refuses clients without it; without one it takes everybody.</summary>
    private static async Task AssertRequiresAsync(RedisServer redis, string password)
    {
        string address = $"{redis.Host}:{redis.Port}";
        if (password.Length > 0)
        {
            await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(address));
        }

        var options = ConfigurationOptions.Parse(address);
        options.Password = password.Length > 0 ? password : null;
        await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(options);
        await connection.GetDatabase().PingAsync();
    }
}
