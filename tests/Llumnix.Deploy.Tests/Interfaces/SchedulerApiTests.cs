using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Llumnix.Adapters.Options;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>docs/reference/scheduler.openapi.yaml is what a scheduler does.</summary>
public sealed class SchedulerApiTests
{
    private const string Token = "secret";
    private static readonly OpenApiDocument Document = new("docs/reference/scheduler.openapi.yaml");

    [Fact]
    public async Task Requests_OfTheDocument_AreAnsweredAsItTells()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using RedisServer redis = await RedisServer.StartAsync();
        int port = FreePort.Find(1)[0];
        await using SchedulerHost host = Build(
            $"--port={port}", $"--service-token={Token}", "--metrics-token=metrics-secret", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints",
            "--llm-backend-endpoints=name=engine-a@127.0.0.1:8100,name=engine-p,role=prefill@127.0.0.1:8101,name=engine-d,role=decode@127.0.0.1:8102",
            $"--discovery-redis-host={redis.Host}", $"--discovery-redis-port={redis.Port}", "--ha-lease=redis", $"--ha-advertise-address=127.0.0.1:{port}");
        await host.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = host.Address };
        await Eventually.TrueAsync(async () => await StatusOfAsync(client, "leaderz") == HttpStatusCode.OK && await StatusOfAsync(client, "readyz") == HttpStatusCode.OK);
        foreach (CheckedRequest request in Document.Checks)
        {
            await AnswerCheck.SendAsync(client, request, Token);
        }

        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations, "metrics-secret", Token));
        // What the table has is in the document, and the other way round.
        Assert.Equal(host.Paths.Order(), Document.Paths.Order());
        await host.StopAsync(cancellation);
    }

    /// <summary>Whatever wrong requests are answered is in the document, in every mode and whatever is not there yet.</summary>
    [Theory]
    [InlineData("--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:8100")]
    [InlineData("--cms-redis-host=127.0.0.1", "--cms-redis-port=1", "--service-token=secret")]
    [InlineData("--cms-redis-host=127.0.0.1", "--cms-redis-port=1", "--enable-rescheduling", "--standalone-rescheduling-mode")]
    public async Task WrongRequests_AreAnsweredAsTheDocumentTells(params string[] arguments)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using SchedulerHost host = Build(["--port=0", .. arguments]);
        await host.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = host.Address };
        bool isWhole = !arguments.Contains("--standalone-rescheduling-mode");
        IEnumerable<DocumentedOperation> operations = Document.Operations.Where(operation => isWhole || host.Paths.Contains(operation.Path));
        string[] tokens = arguments.Contains("--service-token=secret") ? [Token] : [];
        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, operations, tokens));
        await host.StopAsync(cancellation);
    }

    /// <summary>A follower, whose leader answers or cannot be reached.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WrongRequests_ToAFollower_AreAnsweredAsTheDocumentTells(bool isLeaderReached)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using RedisServer redis = await RedisServer.StartAsync();
        int[] ports = FreePort.Find(3);
        await using SchedulerHost leader = Build(OfSeveral(redis, ports[0], advertised: isLeaderReached ? ports[0] : ports[2]));
        await leader.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = leader.Address };
        await Eventually.TrueAsync(async () => await StatusOfAsync(client, "leaderz") == HttpStatusCode.OK);
        await using SchedulerHost follower = Build(OfSeveral(redis, ports[1], ports[1]));
        await follower.StartAsync(cancellation);
        using var ofFollower = new HttpClient { BaseAddress = follower.Address };
        await Eventually.TrueAsync(async () => await StatusOfAsync(ofFollower, "leaderz") == HttpStatusCode.ServiceUnavailable);
        Assert.Empty(await WrongRequests.FindDeviationsAsync(ofFollower, Document.Operations, Token));
        await follower.StopAsync(cancellation);
        await leader.StopAsync(cancellation);
    }

    /// <summary>A method that the document does not have is refused, so that none is missing in it.</summary>
    [Fact]
    public async Task Methods_ThatTheDocumentDoesNotHave_AreNotAllowed()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using SchedulerHost host = Build("--port=0", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:8100");
        await host.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = host.Address };
        foreach (string path in host.Paths)
        {
            foreach (string method in new[] { "GET", "POST", "DELETE", "PUT", "PATCH" }.Except(Document.MethodsOf(path)))
            {
                using var message = new HttpRequestMessage(new HttpMethod(method), path);
                using HttpResponseMessage answer = await client.SendAsync(message, cancellation);
                Assert.True(answer.StatusCode == HttpStatusCode.MethodNotAllowed, string.Create(CultureInfo.InvariantCulture, $"{method} {path}: {answer.StatusCode}"));
                Assert.Equal(Document.MethodsOf(path).Order(), answer.Content.Headers.Allow.Where(static allowed => allowed != "HEAD").Order());
            }
        }

        await host.StopAsync(cancellation);
    }

    /// <summary>Without the token that is asked for, some paths tell that first, and the others the method that they do not have.</summary>
    [Fact]
    public async Task Methods_WithoutToken_AreRefusedAsTheDocumentTells()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using SchedulerHost host = Build([.. OfSeveral(redis, 0, FreePort.Find(1)[0]), "--metrics-token=metrics-secret"]);
        await host.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = host.Address };
        string[] callersFirst = await WrongRequests.FindUnauthorizedAsync(client, Document.Paths);
        Assert.Equal(["/metrics", "/admin/drain", "/replica/drain"], callersFirst);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Numbers of a body are taken up to the bounds of the document and refused beyond them.</summary>
    [Fact]
    public async Task NumbersOfABody_HaveTheBoundsOfTheDocument()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using SchedulerHost host = Build("--port=0", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:8100");
        await host.StartAsync(cancellation);
        using var client = new HttpClient { BaseAddress = host.Address };
        var deviations = new List<string>();
        foreach ((string member, JsonNode value, bool isWithin) in Document.BoundsOf("ScheduleRequest"))
        {
            var request = new JsonObject { ["id"] = "r1", ["scheduling_mode"] = "neutral", [member] = value };
            using var body = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync("/schedule", body, cancellation);
            if (isWithin == (answer.StatusCode == HttpStatusCode.BadRequest))
            {
                deviations.Add($"{request.ToJsonString()}: {answer.StatusCode}");
            }
        }

        Assert.Empty(deviations);
        await host.StopAsync(cancellation);
    }

    private static string[] OfSeveral(RedisServer redis, int port, int advertised) =>
    [
        $"--port={port}", $"--service-token={Token}", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:8100",
        $"--discovery-redis-host={redis.Host}", $"--discovery-redis-port={redis.Port}", "--ha-lease=redis", $"--ha-advertise-address=127.0.0.1:{advertised}",
    ];

    private static SchedulerHost Build(params string[] arguments)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(["--host=127.0.0.1", .. arguments], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        return SchedulerHost.Build(parsed.Options);
    }

    private static async Task<HttpStatusCode> StatusOfAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
