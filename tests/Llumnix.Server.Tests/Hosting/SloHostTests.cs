using System.Net.Http.Json;
using System.Net;
using System.Text.Json;
using System.Text;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Profiles;
using Llumnix.Adapters.Redis;
using Llumnix.Protocol.Cms;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.Slo;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The whole server with the slo policy, over real HTTP and a real Redis.</summary>
public sealed class SloHostTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Schedule_AdaptivePd_AnswersTheRoleOfTheRequest()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        foreach (string id in (string[])["a", "b"])
        {
            await writer.PutAsync(new InstanceMetadata { InstanceId = id, InstanceType = "neutral", Ip = $"ip-{id}", ApiServerPort = 8000 });
            await writer.PutAsync(new InstanceStatus
            {
                InstanceId = id, Schedulable = true, TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), NumTotalGpuTokens = 100_000,
            });
        }

        await using SchedulerHost host = SchedulerHost.Build(Options(redis.Port, GoodTtft, GoodTpot));
        await host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => host.Snapshot().Instances.Count == 2);
        using var client = new HttpClient { BaseAddress = host.Address };
        JsonElement[] placed =
        [
            await ScheduleAsync(client, """{"id":"r","scheduling_mode":"pd_staged","scheduling_stage":"prefill","prompt_num_tokens":100}"""),
            await ScheduleAsync(client, """{"id":"r","scheduling_mode":"pd_staged","scheduling_stage":"decode","prompt_num_tokens":100}"""),
        ];
        Assert.Equal(["prefill", "decode"], placed.Select(p => p.GetProperty("infer_type").GetString()));
        string page = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("selected_instance_predicted_ttft_sum{infer_type=\"prefill\"} 20", page, StringComparison.Ordinal);
        Assert.Contains("selected_instance_predicted_tpot_sum{infer_type=\"decode\"} 5", page, StringComparison.Ordinal);
    }

    /// <summary>10 + 0.1 ms a token: 5,000 tokens wait for half a second, and nobody may wait for 19 ms.</summary>
    [Fact]
    public async Task Schedule_Held_TooManyRequestsWithRetryAfter()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var writer = new CmsWriter(connection.GetDatabase());
        await writer.PutAsync(new InstanceMetadata { InstanceId = "a", InstanceType = "neutral", Ip = "ip-a", ApiServerPort = 8000 });
        await writer.PutAsync(new InstanceStatus
        {
            InstanceId = "a",
            Schedulable = true,
            TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 60_000,
            NumTotalGpuTokens = 100_000,
            NumUncomputedTokensAllWaitingPrefills = 5000,
        });
        SchedulerOptions options = Options(redis.Port, GoodTtft, GoodTpot);
        await using SchedulerHost host = SchedulerHost.Build(options with
        {
            Slo = options.Slo with { Ttft = TimeSpan.FromMilliseconds(20), Overload = SloOverload.Hold, HoldLimit = TimeSpan.FromMinutes(10) },
        });
        await host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => host.Snapshot().Instances.Count == 1);
        using var client = new HttpClient { BaseAddress = host.Address };
        using HttpResponseMessage answer = await client.PostAsync(
            "/schedule", new StringContent("""{"id":"r","scheduling_mode":"neutral","prompt_num_tokens":100}""", Encoding.UTF8, "application/json"), Cancellation);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        Assert.Equal("no available endpoint\n", await answer.Content.ReadAsStringAsync(Cancellation));
        string page = await client.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("scheduler_scheduling_failed_total{error_type=\"held\"} 1", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "ttft.json: no valid JSON")]
    [InlineData("{\"results\":[{\"tokens_num\":8,\"p50\":-2}]}", "ttft.json: results[0]: p50 must be a number above 0, not -2")]
    public void Build_BadTable_NamesFileAndRow(string ttft, string message)
    {
        ProfilingTableException exception = Assert.Throws<ProfilingTableException>(() => SchedulerHost.Build(Options(6379, ttft, GoodTpot)));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_BadTablesAndClasses_TellsAll()
    {
        SchedulerOptions options = Options(6379, "[]", "{}");
        options = options with { Profiles = options.Profiles with { ClassesPath = "/no/classes" } };
        Assert.Equal(
            ["/no/classes: cannot be read: there is no such file", $"{options.Profiles.TtftPath}: needs a list 'results' at its top", $"{options.Profiles.TpotPath}: needs a list 'results' at its top"],
            Assert.Throws<ProfilingTableException>(() => SchedulerHost.Build(options)).Problems);
    }

    [Fact]
    public async Task RunAsync_MissingTable_EndsWithTwo() => Assert.Equal(2, await SchedulerProgram.RunAsync(
        ["--scheduling-policy=slo", "--ttft-profiling-data-path=/no/such", "--tpot-profiling-data-path=/no/such", "--port=0"], Cancellation));

    private const string GoodTtft = """{"results":[{"tokens_num":100,"p50":20},{"tokens_num":1000,"p50":110}]}""";

    private const string GoodTpot = """{"results":[{"batch_size":1,"tokens_per_request":8,"p50":5},{"batch_size":2,"tokens_per_request":8,"p50":7}]}""";

    private SchedulerOptions Options(int redisPort, string ttft, string tpot)
    {
        string ttftPath = Path.Combine(_directory.FullName, "ttft.json");
        string tpotPath = Path.Combine(_directory.FullName, "tpot.json");
        File.WriteAllText(ttftPath, ttft);
        File.WriteAllText(tpotPath, tpot);
        return new SchedulerOptions
        {
            Service = new ServiceOptions { Host = "127.0.0.1", Port = 0 },
            Cms = new CmsOptions { Redis = new RedisOptions { Host = "127.0.0.1", Port = redisPort } },
            Mode = new ModeOptions { Policy = "slo" },
            AdaptivePd = new AdaptivePdOptions { IsEnabled = true },
            Profiles = new ProfileOptions { TtftPath = ttftPath, TpotPath = tpotPath },
        };
    }

    private static async Task<JsonElement> ScheduleAsync(HttpClient client, string body)
    {
        using HttpResponseMessage answer = await client.PostAsync("/schedule", new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("scheduling_result")[0];
    }
}
