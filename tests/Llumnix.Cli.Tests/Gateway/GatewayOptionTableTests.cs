using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Cli.Gateway;
using Llumnix.Gateway.Options;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>The flags of <c>llumnix gateway</c>, wherever they are given.</summary>
public sealed class GatewayOptionTableTests
{
    private const string RouteWithKey = """[{"base_url":"http://a","api_key":"hunter2","fallback":true}]""";

    [Fact]
    public void Parse_Nothing_GivesTheGatewaysDefaults()
    {
        OptionsParseResult<GatewayFlags> parsed = GatewayInput.Parse();
        Assert.Empty(parsed.Errors);
        Assert.Empty(parsed.NonDefaultOptions);
        Assert.Equal(new GatewayOptions { Host = "0.0.0.0", Port = 8001 }, parsed.Options.Gateway);
    }

    [Fact]
    public void Parse_DefaultsAsFlags_GivesTheSame()
    {
        OptionTable<GatewayFlags> table = GatewayOptionTable.Instance;
        OptionsParseResult<GatewayFlags> parsed = GatewayInput.Parse([.. table.Rows.Where(static row => row.HasValue).Select(row => $"{row.Flag}={table.DefaultOf(row)}")]);
        Assert.Empty(parsed.Errors);
        Assert.Equivalent(new GatewayFlags(), parsed.Options, strict: true);
    }

    [Fact]
    public void Parse_EveryPlace_TheStrongestCounts()
    {
        OptionsParseResult<GatewayFlags> parsed = GatewayInput.ParseWith(
            new()
            {
                ["/c.yaml"] = "port: 1\nhost: 127.0.0.1\nmax-queue-size: 5\nretry-max-count: 3\nscheduler-endpoints: [a:1, 'https://b:2']\n",
                ["LLUMNIX_GATEWAY_PORT"] = "2",
                ["LLUMNIX_GATEWAY_MAX_QUEUE_SIZE"] = "6",
                ["LLUMNIX_GATEWAY_SERVICE_TOKEN_FILE"] = "/token",
                ["/token"] = "hunter2\n",
            },
            "--config=/c.yaml", "--port", "3", "--max-body-mib=2", "--extra-args=port=4,engine-idle-timeout='90s'");
        Assert.Empty(parsed.Errors);
        Assert.Equal(
            new GatewayOptions { Host = "127.0.0.1", Port = 4, MaxQueueSize = 6, RetryMaxCount = 3, MaxBodyBytes = 2 << 20, IdleTimeout = TimeSpan.FromSeconds(90) },
            parsed.Options.Gateway);
        Assert.Equal(["http://a:1/", "https://b:2/"], parsed.Options.ToSettings().Schedulers.Schedulers.Select(static scheduler => scheduler.Url.ToString()));
        Assert.All(parsed.Options.ToSettings().Schedulers.Schedulers, static scheduler => Assert.Equal("hunter2", scheduler.ServiceToken));
        string report = OptionsReport.RenderEffective(parsed);
        Assert.Contains("service-token=*** (environment variable LLUMNIX_GATEWAY_SERVICE_TOKEN_FILE)\n", report, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", report + parsed, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SeveralMistakes_AreToldAtOnce() => Assert.Equal(
        [
            "--prot: unknown; the nearest known is --port",
            "--wait-scheduling-timeout: the value must be a duration from 0 to 7 days, like 5s, 500ms or 2m; a bare number is seconds, not \"soon\"",
            "--tls-cert-file: needs --tls-key-file",
            "--bootstrap-port: has no meaning without --pd-disagg-protocol",
            "--discovery-redis-ca-file: needs --discovery-redis-tls",
        ],
        GatewayInput.Parse("--prot=1", "--wait-scheduling-timeout=soon", "--tls-cert-file=a", "--bootstrap-port=1", "--discovery-redis-ca-file=a")
            .Errors.Select(static error => error.ToString()));

    [Theory]
    [InlineData("hunter2 hunter3", "--service-token-file: the value must be one word of printable ASCII characters, without blanks")]
    [InlineData("h\u00fcnter2", "--service-token-file: the value must be one word of printable ASCII characters, without blanks")]
    [InlineData("\n", "--service-token-file: the file that it names is empty")]
    [InlineData(null, "--service-token-file: the file \"/token\" cannot be read: there is no such file")]
    public void Parse_BadTokenFile_IsAnErrorWithoutTheToken(string? content, string error)
    {
        Dictionary<string, string> files = content is null ? [] : new() { ["/token"] = content };
        Assert.Equal(error, Assert.Single(GatewayInput.ParseWith(files, "--service-token-file=/token").Errors).ToString());
    }

    [Fact]
    public void Parse_TokenAndItsFile_AreNotBothGiven() => Assert.Equal(
        "--service-token-file: give either --service-token-file or --service-token, not both",
        Assert.Single(GatewayInput.Parse("--service-token=a", "--service-token-file=b").Errors).ToString());

    [Fact]
    public void Parse_RefusedFlag_IsAnErrorWhereverItIsGiven()
    {
        OptionsParseResult<GatewayFlags> parsed = GatewayInput.ParseWith(
            new() { ["/c.yaml"] = "enable-pprof: true\n", ["LLUMNIX_GATEWAY_TOOL_CALL_PARSER"] = "hermes" },
            "--config=/c.yaml", "--tokenizer_path", "/tokenizers/m", "--enable-log-input", "--extra-args=batch-parallel=8");
        Assert.Equal(
            [
                "/c.yaml:1 enable-pprof", "--tokenizer_path", "--enable-log-input", "environment variable LLUMNIX_GATEWAY_TOOL_CALL_PARSER",
                "batch-parallel in --extra-args",
            ],
            parsed.Errors.Select(static error => error.Source.ToString()).OrderBy(static source => source.StartsWith("env", StringComparison.Ordinal) || source.StartsWith("batch", StringComparison.Ordinal)));
        Assert.DoesNotContain("hermes", string.Concat(parsed.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--tokenizer-name=")]
    [InlineData("--enable-pprof=false")]
    [InlineData("--max-model-len=0")]
    [InlineData("--pd-disagg-protocol=")]
    [InlineData("--service-token=")]
    [InlineData("--otlp-endpoint=")]
    public void Parse_FlagThatIsOff_ChangesNothing(string flag)
    {
        OptionsParseResult<GatewayFlags> parsed = GatewayInput.Parse(flag);
        Assert.Empty(parsed.Errors);
        Assert.Empty(parsed.NonDefaultOptions);
    }

    [Fact]
    public void Parse_FlagWithoutEffect_IsToldAsIgnored() => Assert.Equal(
        ["--enable-full-mode-scheduling", "--wait-queue-threads"],
        GatewayInput.Parse("--enable-full-mode-scheduling=false", "--wait-queue-threads=5").IgnoredFlags);

    [Fact]
    public void Parse_VariablesOfKubernetesForAService_AreIgnored()
    {
        OptionsParseResult<GatewayFlags> parsed = GatewayInput.ParseWith(new()
        {
            ["LLUMNIX_GATEWAY_PORT"] = "tcp://10.0.0.1:8089",
            ["LLUMNIX_GATEWAY_SERVICE_HOST"] = "10.0.0.1",
            ["LLUMNIX_GATEWAY_PORT_8089_TCP_ADDR"] = "10.0.0.1",
        });
        Assert.Empty(parsed.Errors);
        Assert.Equal(8001, parsed.Options.Gateway.Port);
    }

    [Fact]
    public void Parse_RoutesWithKeysInAFlag_AreWarnedOf() => Assert.Equal(
        "--route-config: process listings show the API keys in it; give the routes by --route-config-file",
        Assert.Single(GatewayInput.Parse("--route-config=" + RouteWithKey).Warnings).ToString());

    [Fact]
    public void Parse_RoutesInAFileOrWithoutKeys_AreNotWarnedOf()
    {
        Assert.Empty(GatewayInput.ParseWith(new() { ["/routes"] = RouteWithKey }, "--route-config-file=/routes").Warnings);
        Assert.Empty(GatewayInput.ParseWith(new() { ["LLUMNIX_GATEWAY_ROUTE_CONFIG"] = RouteWithKey }).Warnings);
        Assert.Empty(GatewayInput.Parse("""--route-config=[{"base_url":"http://a","fallback":true}]""").Warnings);
    }

    [Fact]
    public void ToSettings_RoundRobin_AsksNoScheduler() =>
        Assert.Empty(GatewayInput.Parse("--scheduler-endpoints=a:1", "--scheduling-policy=round-robin").Options.ToSettings().Schedulers.Schedulers);
}
