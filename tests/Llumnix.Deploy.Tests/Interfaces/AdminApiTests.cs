using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Llumnix.Adapters.Options;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;
using InstanceStatus = Llumnix.Protocol.Cms.InstanceStatus;

namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>docs/reference/admin.openapi.yaml is what the admin API of a scheduler does.</summary>
public sealed class AdminApiTests
{
    private const string Token = "secret";
    private const string Operator = "operator";
    private static readonly OpenApiDocument Document = new("docs/reference/admin.openapi.yaml");
    private static readonly string[] Lite =
    [
        "--host=127.0.0.1", "--port=0", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=name=engine-a@127.0.0.1:8100",
        "--enable-console", "--console-port=0",
    ];

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_OfTheDocument_AreAnsweredAsItTells()
    {
        await using SchedulerHost host = await StartInUseAsync();
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        foreach (CheckedRequest request in Document.Checks)
        {
            await AnswerCheck.SendAsync(client, request, Token);
        }

        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations, Operator, Token));
        Assert.Equal(host.ConsolePaths.Order(), Document.Paths.Order());
    }

    /// <summary>Whatever wrong requests are answered is in the document: without any token, with the service's, and with an operator's alone.</summary>
    [Theory]
    [InlineData]
    [InlineData("--service-token=secret")]
    [InlineData("--console-operator-token=secret")]
    public async Task WrongRequests_AreAnsweredAsTheDocumentTells(params string[] arguments)
    {
        await using SchedulerHost host = await StartAsync([.. Lite, .. arguments]);
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations, arguments.Length > 0 ? [Token] : []));
    }

    /// <summary>The server reads no body above its bound and closes the connection, which the answer must announce: the next request on it would be lost.</summary>
    [Theory]
    [InlineData(16 * 1024, false)]
    [InlineData((16 * 1024) + 1, true)]
    public async Task LongBody_ThatIsRefusedUnread_EndsTheConnectionAsTold(int length, bool isTold)
    {
        await using SchedulerHost host = await StartAsync(Lite);
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        using var body = new StringContent(new string(' ', length));
        using HttpResponseMessage answer = await client.PostAsync("/admin/drain", body, Cancellation);
        Assert.Equal((HttpStatusCode.Forbidden, isTold), (answer.StatusCode, answer.Headers.ConnectionClose == true));
    }

    /// <summary>An instance whose capacity is not known has an infinite share of it in use.</summary>
    [Fact]
    public async Task Answers_WithNumbersThatAreNotFinite_AreAsTheDocumentTells()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var cms = new CmsWriter(connection.GetDatabase());
        await cms.PutAsync(CmsMessages.Metadata("engine-a"));
        InstanceStatus status = CmsMessages.Status("engine-a");
        status.NumTotalGpuTokens = 0;
        await cms.PutAsync(status);
        await using SchedulerHost host = await StartAsync(
            "--host=127.0.0.1", "--port=0", $"--cms-redis-host={redis.Host}", $"--cms-redis-port={redis.Port}", "--dispatch-neutral-load-metric=kv_cache_usage_ratio_projected",
            "--enable-console", "--console-port=0", $"--console-operator-token={Token}");
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        using var ofService = new HttpClient { BaseAddress = host.Address };
        await Eventually.TrueAsync(async () =>
            (await client.GetStringAsync("/admin/fleet", Cancellation)).Contains("\"kv_projected\":\"Infinity\"", StringComparison.Ordinal));
        using (var body = new StringContent("""{"id":"r1","scheduling_mode":"neutral","prompt_num_tokens":100}""", Encoding.UTF8, "application/json"))
        {
            using HttpResponseMessage placed = await ofService.PostAsync("/schedule", body, Cancellation);
            Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        }

        Assert.Contains("\"value\":\"Infinity\"", await client.GetStringAsync("/admin/decisions", Cancellation), StringComparison.Ordinal);
        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations, Token));
    }

    /// <summary>The console of a follower sends an operator's orders on to the leader, which may be out of reach or refuse them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WrongRequests_ToAFollower_AreAnsweredAsTheDocumentTells(bool isLeaderReached)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        int[] ports = FreePort.Find(3);
        int advertised = isLeaderReached ? ports[0] : ports[2];
        await using SchedulerHost leader = await StartAsync([.. OfSeveral(redis, ports[0], advertised), "--service-token=another"]);
        using var ofLeader = new HttpClient { BaseAddress = leader.Address };
        await Eventually.TrueAsync(async () => (await ofLeader.GetAsync("/leaderz", Cancellation)).StatusCode == HttpStatusCode.OK);
        await using SchedulerHost follower = await StartAsync(
            [.. OfSeveral(redis, ports[1], ports[1]), "--enable-console", "--console-port=0", $"--console-operator-token={Operator}"]);
        using var client = new HttpClient { BaseAddress = follower.ConsoleAddress };
        using var ofFollower = new HttpClient { BaseAddress = follower.Address };
        await Eventually.TrueAsync(async () => (await ofFollower.GetAsync("/leaderz", Cancellation)).StatusCode == HttpStatusCode.ServiceUnavailable);
        Assert.Empty(await WrongRequests.FindDeviationsAsync(client, Document.Operations, Operator));
    }

    /// <summary>A method that the document does not have is refused, so that none is missing in it.</summary>
    [Fact]
    public async Task Methods_ThatTheDocumentDoesNotHave_AreNotAllowed()
    {
        await using SchedulerHost host = await StartInUseAsync();
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        foreach (string path in Document.Paths.Where(static path => path is not ("/admin/drain" or "/debug/explain" or "/admin/what-if")))
        {
            foreach (string method in new[] { "POST", "DELETE", "PUT", "PATCH" })
            {
                using var message = new HttpRequestMessage(new HttpMethod(method), path);
                using HttpResponseMessage answer = await client.SendAsync(message, Cancellation);
                Assert.True(answer.StatusCode == HttpStatusCode.MethodNotAllowed, string.Create(CultureInfo.InvariantCulture, $"{method} {path}: {answer.StatusCode}"));
            }
        }
    }

    /// <summary>Without the token that is asked for, two paths tell first the method that they do not have, and the others that a token is needed.</summary>
    [Fact]
    public async Task Methods_WithoutToken_AreRefusedAsTheDocumentTells()
    {
        await using SchedulerHost host = await StartAsync([.. Lite, $"--console-token={Token}"]);
        using var client = new HttpClient { BaseAddress = host.ConsoleAddress };
        string[] callersFirst = await WrongRequests.FindUnauthorizedAsync(client, Document.Paths);
        Assert.Equal(Document.Paths.Except(["/admin/drain", "/admin/what-if"]), callersFirst);
    }

    /// <summary>The schemas have the members of the types that are written.</summary>
    [Fact]
    public void Schemas_HaveTheMembersOfTheTypes()
    {
        string[] missing =
        [
            .. from type in AdminJsonContext.Default.GetType().GetProperties()
               where typeof(JsonTypeInfo).IsAssignableFrom(type.PropertyType)
               let info = (JsonTypeInfo)type.GetValue(AdminJsonContext.Default)!
               where info.Type.Namespace == "Llumnix.Server.AdminApi.Answers"
               let members = string.Join(' ', info.Properties.Select(static property => property.Name).Order())
               where !Document.SchemaMembers.Contains(members)
               select info.Type.Name,
        ];
        Assert.Empty(missing);
    }

    private static string[] OfSeveral(RedisServer redis, int port, int advertised) =>
    [
        "--host=127.0.0.1", $"--port={port}", "--enable-full-mode-scheduling=false", "--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:8100",
        $"--discovery-redis-host={redis.Host}", $"--discovery-redis-port={redis.Port}", "--ha-lease=redis", $"--ha-advertise-address=127.0.0.1:{advertised}",
    ];

    private static async Task<SchedulerHost> StartAsync(params string[] arguments)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(arguments, SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        SchedulerHost host = SchedulerHost.Build(parsed.Options, parsed: parsed);
        await host.StartAsync(Cancellation);
        return host;
    }

    /// <summary>A scheduler of lite mode with a placement and samples.</summary>
    private static async Task<SchedulerHost> StartInUseAsync()
    {
        SchedulerHost host = await StartAsync([.. Lite, $"--console-token={Token}", $"--console-operator-token={Operator}"]);
        await Eventually.TrueAsync(() => host.LiteModeSnapshot().Instances.Count == 1);
        using var client = new HttpClient { BaseAddress = host.Address };
        using var body = new StringContent("""{"id":"r1","scheduling_mode":"neutral","prompt_num_tokens":100}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage placed = await client.PostAsync("/schedule", body, Cancellation);
        Assert.Equal(HttpStatusCode.OK, placed.StatusCode);
        using var admin = new HttpClient { BaseAddress = host.ConsoleAddress };
        admin.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        await Eventually.TrueAsync(async () => (await admin.GetAsync("/admin/fleet/history?instance=engine-a", Cancellation)).IsSuccessStatusCode);
        return host;
    }
}
