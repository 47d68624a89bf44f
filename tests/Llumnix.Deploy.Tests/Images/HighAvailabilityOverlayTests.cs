using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Llumnix.Deploy.Tests.Manifests;
using Llumnix.Deploy.Tests.Secrets;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>Both schedulers of the overlay, run as processes with the arguments and variables of its manifests.</summary>
public sealed class HighAvailabilityOverlayTests(PublishedTree tree)
{
    [Fact]
    public async Task Overlay_Started_EveryReplicaPlaces_AndAFollowerKnowsWhatTheLeaderHasPlaced()
    {
        Dictionary<string, string> secrets = new() { ["service-token"] = "token", ["redis-password"] = "secret" };
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Authorization", "Bearer token");
        string root = await tree.GetRootAsync();
        int[] ports = FreePort.Find(5);
        RenderedOverlay cluster = RenderedOverlay.Load("high-availability");
        V1Container engine = Container(cluster, "engine");
        V1Container scheduler = Container(cluster, "scheduler");
        await using RedisServer redis = await RedisServer.StartAsync(
            new RedisServerOptions { Arguments = ContainerStart.Of(cluster, Container(cluster, "redis"), secrets).Arguments });
        using UnprivilegedProgram onlyEngine = ContainerProgram.Start(root, ContainerStart.Of(cluster, engine, secrets), engine, redis, ports[0]);
        using UnprivilegedProgram first = ContainerProgram.Start(root, ContainerStart.Of(cluster, scheduler, secrets), scheduler, redis, ports[1], ports[2]);
        using UnprivilegedProgram second = ContainerProgram.Start(root, ContainerStart.Of(cluster, scheduler, secrets), scheduler, redis, ports[3], ports[4]);
        await Eventually.TrueAsync(() => first.AnswersAsync(client, $"http://127.0.0.1:{ports[1]}{scheduler.ReadinessProbe.HttpGet.Path}"));
        await Eventually.TrueAsync(() => second.AnswersAsync(client, $"http://127.0.0.1:{ports[3]}{scheduler.ReadinessProbe.HttpGet.Path}"));

        await Eventually.TrueAsync(async () => await PlacesAsync(client, ports[1]) && await PlacesAsync(client, ports[3]));
        await Eventually.TrueAsync(async () => await CountAsync(client, ports, "scheduler_is_leader 1") == 1);
        await Eventually.TrueAsync(async () => await CountAsync(client, ports, "scheduler_peer_connected{peer=\"127.0.0.1:") == 2);
    }

    private static V1Container Container(RenderedOverlay cluster, string name) =>
        cluster.Workloads.SelectMany(workload => workload.Pod.Containers).Single(container => container.Name == name);

    private static async Task<bool> PlacesAsync(HttpClient client, int port)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync(
            $"http://127.0.0.1:{port}/schedule", new { id = $"r{port}", scheduling_mode = "neutral", prompt_num_tokens = 100 }, TestContext.Current.CancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            return false;
        }

        JsonNode placed = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return placed["scheduling_result"]!.AsArray().Count == 1;
    }

    /// <summary>Number of lines of both schedulers' metrics that begin with a text and end with 1.</summary>
    private static async Task<int> CountAsync(HttpClient client, int[] ports, string start)
    {
        string[] pages = await Task.WhenAll(
            client.GetStringAsync($"http://127.0.0.1:{ports[1]}/metrics", TestContext.Current.CancellationToken),
            client.GetStringAsync($"http://127.0.0.1:{ports[3]}/metrics", TestContext.Current.CancellationToken));
        return pages.SelectMany(page => page.Split('\n')).Count(line => line.StartsWith(start, StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
    }
}
