using System.Text;
using CsCheck;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Testing;

namespace Llumnix.Adapters.Tests.EngineSignals;

public sealed class MetricsPageTests
{
    private const string Vllm = """
        # HELP vllm:num_requests_running Requests in execution.
        # TYPE vllm:num_requests_running gauge
        vllm:num_requests_running{engine="0",model_name="a\\b\"c}"} 3.0
        vllm:num_requests_running{engine="1",model_name="a\\b\"c}"} 4.0 1760000000000
        vllm:num_requests_waiting{engine="0",model_name="m"} 1.2e+01
        vllm:num_requests_waiting{engine="1",model_name="m"} NaN
        vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="capacity"} 2.0
        vllm:num_requests_waiting_by_reason{engine="0",model_name="m",reason="deferred"} 10.0
        vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
        vllm:prefix_cache_hits_total{engine="0",model_name="m"} 40
        vllm:prefix_cache_queries_total{engine="0",model_name="m"} 100
        vllm:iteration_tokens_total_count{engine="0",model_name="m"} 77
        vllm:iteration_tokens_total_bucket{engine="0",le="+Inf",model_name="m"} 78
        vllm:request_prompt_tokens_sum{engine="0",model_name="m"} 1000
        vllm:request_prompt_tokens_count{engine="0",model_name="m"} 8
        vllm:engine_sleep_state{engine="0",model_name="m",sleep_state="awake"} 1
        vllm:engine_sleep_state{engine="0",model_name="m",sleep_state="weights_offloaded"} 0
        vllm:engine_sleep_state{engine="1",model_name="m",sleep_state="awake"} 0
        vllm:cache_config_info{block_size="16",engine="0",num_gpu_blocks="100"} 1
        vllm:cache_config_info{block_size="4",engine="1",kv_cache_size_tokens="3200",num_gpu_blocks="100"} 1

        """;

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOf(Vllm, ""),
        Gen.OneOf(
            "vllm:num_requests_running", "vllm:num_requests_waiting", "sglang:num_running_reqs", "{", "}", "engine=\"0\"", "pid=\"", "\\", "\"",
            "=", ",", " ", "1", "NaN", "+Inf", "-1", "1e400", "\r\n", "\n", "#", "_by_reason", "dp_rank=\"x\"").Array[0, 40].Select(string.Concat),
        Gen.String[0, 200]);

    [Fact]
    public void Read_VllmWithTwoRanks_EachHasItsOwnSignals()
    {
        (EngineFace face, List<RankSignals> signals) = Read(Vllm);
        Assert.Equal(EngineFace.Vllm, face);
        Assert.Equal(
            [
                new RankSignals
                {
                    Rank = 0, Running = 3, Waiting = 12, WaitingForCapacity = 2, KvUsage = 0.25, TotalKvTokens = 1600, UsedKvTokens = 400,
                    PrefixCacheHitTokens = 40, PrefixCacheQueryTokens = 100, Steps = 77, RequestPromptTokensSum = 1000, RequestPromptTokensCount = 8,
                    IsAwake = true, ModelName = "a\\b\"c}",
                },
                new RankSignals { Rank = 1, Running = 4, TotalKvTokens = 3200, IsAwake = false, ModelName = "a\\b\"c}" },
            ],
            signals);
        Assert.True(signals[0].TellsLoad);
        Assert.False(signals[1].TellsLoad);
    }

    [Fact]
    public void Read_LabelWithEscapes_IsTheTextThatTheyStandFor() =>
        Assert.Equal("a\\b\"c},\n", Assert.Single(Read("""vllm:num_requests_running{model_name="a\\b\"c},\n"} 1""").Signals).ModelName);

    [Fact]
    public void Read_OldVllmNamesWithCrLfAndWithoutLastLineFeed_AreRead()
    {
        const string page = "vllm:num_requests_running 2\r\nvllm:num_requests_waiting\t0\r\nvllm:gpu_cache_usage_perc 0.5\r\n"
            + "vllm:gpu_prefix_cache_hits_total 3\r\nvllm:gpu_prefix_cache_queries_total 9\r\nvllm:cache_config_info{block_size=\"16\",num_gpu_blocks=\"10\"} 1";
        Assert.Equal(
            new RankSignals
            {
                Running = 2, Waiting = 0, KvUsage = 0.5, TotalKvTokens = 160, UsedKvTokens = 80, PrefixCacheHitTokens = 3, PrefixCacheQueryTokens = 9,
            },
            Assert.Single(Read(page).Signals));
    }

    [Fact]
    public void Read_SeveralApiServerProcesses_TheLargestCounts()
    {
        const string page = """
            vllm:num_requests_running{engine="0",pid="7"} 5
            vllm:num_requests_running{engine="0",pid="8"} 0
            vllm:kv_cache_usage_perc{engine="0",pid="7"} 0.0
            vllm:kv_cache_usage_perc{engine="0",pid="8"} 0.75
            """;
        RankSignals signals = Assert.Single(Read(page).Signals);
        Assert.Equal((5, 0.75), (signals.Running, signals.KvUsage));
    }

    [Fact]
    public void Read_OnlyALongerName_WaitingIsUnknown() =>
        Assert.Null(Assert.Single(Read("vllm:num_requests_running 1\nvllm:num_requests_waiting_by_reason{reason=\"capacity\"} 4\n").Signals).Waiting);

    [Theory]
    [InlineData("NaN")]
    [InlineData("+Inf")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("12abc")]
    [InlineData("1e400")]
    public void Read_ValueThatIsNoCount_IsUnknown(string value) =>
        Assert.Null(Assert.Single(Read($"vllm:num_requests_waiting 1\nvllm:num_requests_running {value}\n").Signals).Running);

    [Fact]
    public void Read_CapacityOfNone_IsUnknownAndTheConfiguredOneOverrides()
    {
        const string page = "vllm:kv_cache_usage_perc 0.5\nvllm:cache_config_info{block_size=\"16\",num_gpu_blocks=\"None\"} 1\n";
        RankSignals unknown = Assert.Single(Read(page).Signals);
        Assert.Equal((null, null), (unknown.TotalKvTokens, unknown.UsedKvTokens));
        RankSignals configured = Assert.Single(Read(page, 1000).Signals);
        Assert.Equal((1000, 500), (configured.TotalKvTokens, configured.UsedKvTokens));
    }

    [Fact]
    public void Read_Lora_TheNewestTimeCounts()
    {
        const string page = """
            vllm:lora_requests_info{max_lora="2",running_lora_adapters="a,b",waiting_lora_adapters="c"} 1.76e9
            vllm:lora_requests_info{max_lora="2",running_lora_adapters="old",waiting_lora_adapters=""} 1.75e9
            """;
        RankSignals signals = Assert.Single(Read(page).Signals);
        Assert.Equal(("a,b", "c"), (signals.RunningLoraAdapters, signals.WaitingLoraAdapters));
    }

    [Fact]
    public void Read_Sglang_QueuesAndTransfersCount()
    {
        const string page = """
            sglang:num_running_reqs{engine_type="decode",model_name="m",tp_rank="0",pp_rank="0"} 6
            sglang:num_queue_reqs{model_name="m",tp_rank="0"} 2
            sglang:num_decode_prealloc_queue_reqs{model_name="m",tp_rank="0"} 3
            sglang:num_decode_transfer_queue_reqs{model_name="m",tp_rank="0"} 1
            sglang:num_used_tokens{model_name="m",tp_rank="0"} 500
            sglang:token_usage{model_name="m",tp_rank="0"} 0.5
            sglang:max_total_num_tokens{model_name="m",tp_rank="0"} 1000
            sglang:cached_tokens_total{cache_source="device",model_name="m"} 10
            sglang:cached_tokens_total{cache_source="host",model_name="m"} 5
            sglang:prompt_tokens_total{model_name="m"} 8.1e+03
            """;
        (EngineFace face, List<RankSignals> signals) = Read(page);
        Assert.Equal(EngineFace.SglangMetrics, face);
        Assert.Equal(
            new RankSignals
            {
                Running = 7, Waiting = 5, UsedKvTokens = 500, TotalKvTokens = 1000, KvUsage = 0.5, PrefixCacheHitTokens = 15,
                PrefixCacheQueryTokens = 8100, PromptTokens = 8100, ModelName = "m",
            },
            Assert.Single(signals));
    }

    [Fact]
    public void Read_LineThatIsTooLong_OnlyThatIsSkipped()
    {
        string page = $"vllm:num_requests_running{{x=\"{new string('x', MetricsPage.MaxLineBytes)}\"}} 1\nvllm:num_requests_waiting 2\n";
        RankSignals signals = Assert.Single(Read(page).Signals);
        Assert.Equal((null, 2), (signals.Running, signals.Waiting));
    }

    [Fact]
    public void Read_AnotherPage_NothingOfThePageBeforeIsLeft()
    {
        var page = new MetricsPage();
        page.Append(Encoding.UTF8.GetBytes(Vllm));
        page.Clear();
        page.Append("vllm:num_requests_running 1\nvllm:num_requests"u8);
        page.Complete();
        var signals = new List<RankSignals>();
        page.AddTo(signals);
        Assert.Equal(new RankSignals { Running = 1 }, Assert.Single(signals));
    }

    [Fact]
    public void Read_SameSeriesAgain_AllocatesNothing()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Vllm);
        var page = new MetricsPage();
        var signals = new List<RankSignals>(2);
        ReadAgain();
        ReadAgain();
        Assert.Equal(0, Allocations.Of(ReadAgain));

        void ReadAgain()
        {
            page.Clear();
            signals.Clear();
            page.Append(bytes);
            page.Complete();
            page.AddTo(signals);
        }
    }

    [Fact]
    public void Read_AnyTextInAnyParts_SameSignals() =>
        Gen.Select(Texts, Gen.Int[1, 50]).Sample((text, size) =>
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Assert.Equal(Read(bytes, bytes.Length + 1), Read(bytes, size));
        });

    [Fact]
    public void Read_AnyBytes_NothingIsKnownThatNoSeriesSays() =>
        Gen.Byte.Array[0, 300].Sample(bytes => Assert.Empty(Read(bytes, 7)));

    private static (EngineFace Face, List<RankSignals> Signals) Read(string text, long? configuredCapacity = null)
    {
        var page = new MetricsPage();
        page.Append(Encoding.UTF8.GetBytes(text));
        page.Complete();
        var signals = new List<RankSignals>();
        page.AddTo(signals, configuredCapacity);
        return (page.Face, signals);
    }

    private static List<RankSignals> Read(byte[] bytes, int size)
    {
        var page = new MetricsPage();
        foreach (byte[] part in bytes.Chunk(size))
        {
            page.Append(part);
        }

        page.Complete();
        var signals = new List<RankSignals>();
        page.AddTo(signals);
        return signals;
    }
}
