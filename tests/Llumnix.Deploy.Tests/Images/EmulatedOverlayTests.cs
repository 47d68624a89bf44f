using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Llumnix.Testing.Polling;
using k8s.Models;
using Llumnix.Deploy.Tests.Manifests;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>The containers of the emulated overlay, run as processes with the commands, arguments and variables of its manifests.</summary>
public sealed class EmulatedOverlayTests(PublishedTree tree)
{
    [Fact]
    public async Task Overlay_Started_SchedulesARequestAndAnEngineServesIt()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        using var client = new HttpClient();
        string root = await tree.GetRootAsync();
        int[] ports = FreePort.Find(3);
        RenderedOverlay cluster = RenderedOverlay.Load("emulated");
        V1Container engine = Container(cluster, "engine");
        V1Container scheduler = Container(cluster, "scheduler");
        using UnprivilegedProgram firstEngine = Start(root, engine, ports[0], redis);
        using UnprivilegedProgram secondEngine = Start(root, engine, ports[1], redis);
        using UnprivilegedProgram started = Start(root, scheduler, ports[2], redis);
        await Eventually.TrueAsync(() => firstEngine.AnswersAsync(client, Url(ports[0], engine.ReadinessProbe)));
        await Eventually.TrueAsync(() => secondEngine.AnswersAsync(client, Url(ports[1], engine.ReadinessProbe)));
        await Eventually.TrueAsync(() => started.AnswersAsync(client, Url(ports[2], scheduler.ReadinessProbe)));

        JsonNode? placed = null;
        await Eventually.TrueAsync(async () =>
        {
            using HttpResponseMessage answer = await client.PostAsJsonAsync(
                $"http://127.0.0.1:{ports[2]}/schedule",
                new { id = "r1", scheduling_mode = "neutral", prompt_num_tokens = 100 },
                TestContext.Current.CancellationToken);
            placed = answer.IsSuccessStatusCode ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)) : null;
            return placed is not null;
        });
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

    private static UnprivilegedProgram Start(string root, V1Container container, int port, RedisServer redis)
    {
        string own = container.Ports.Single().ContainerPort.ToString(CultureInfo.InvariantCulture);
        string store = redis.Port.ToString(CultureInfo.InvariantCulture);
        IEnumerable<string> arguments = container.Args.Select(argument => argument
            .Replace("$(POD_IP)", "127.0.0.1", StringComparison.Ordinal)
            .Replace("=0.0.0.0", "=127.0.0.1", StringComparison.Ordinal)
            .Replace($"--port={own}", $"--port={port}", StringComparison.Ordinal)
            .Replace("=redis:6379", $"=127.0.0.1:{store}", StringComparison.Ordinal)
            .Replace("redis-host=redis", "redis-host=127.0.0.1", StringComparison.Ordinal)
            .Replace("redis-port=6379", $"redis-port={store}", StringComparison.Ordinal));
        return UnprivilegedProgram.Start(
            Path.Combine(root, container.Command.Single()[1..]),
            [.. arguments],
            container.Env.Where(variable => variable.Value is not null).ToDictionary(variable => variable.Name, variable => variable.Value));
    }
}
