using Llumnix.Adapters.Options;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--port", "9000")]
    [InlineData("--port=9000")]
    [InlineData("-port=9000")]
    [InlineData("--port=1", "--port", "9000")]
    public void Parse_ValueForms_SetTheOption(params string[] args)
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(args);
        Assert.Empty(result.Errors);
        Assert.Equal(9000, result.Options.Service.Port);
    }

    [Theory]
    [InlineData(true, "--cms-redis-tls")]
    [InlineData(true, "--cms-redis-tls", "--port=1")]
    [InlineData(true, "--cms-redis-tls=1")]
    [InlineData(true, "--cms-redis-tls=T")]
    [InlineData(true, "--cms-redis-tls=TRUE")]
    [InlineData(false, "--cms-redis-tls=false")]
    [InlineData(false, "--cms-redis-tls=F")]
    [InlineData(false, "--cms-redis-tls", "0")]
    [InlineData(false, "--cms-redis-tls", "--cms-redis-tls=False")]
    public void Parse_BooleanForms_SetTheOption(bool expected, params string[] args)
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(args);
        Assert.Empty(result.Errors);
        Assert.Equal(expected, result.Options.Cms.Redis.UseTls);
    }

    [Theory]
    [InlineData("-v", "4")]
    [InlineData("--v=4")]
    public void Parse_Verbosity_IsSet(params string[] args) => Assert.Equal(4, OptionsInput.Parse(args).Options.Service.Verbosity);

    [Fact]
    public void Parse_NegativeValue_IsAValue()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse("--rescheduling-req-select-rule", "NUM_REQ", "--rescheduling-req-select-value", "-1");
        Assert.Empty(result.Errors);
        Assert.Equal(-1, result.Options.Rescheduling.Planner.LoadBalance.Selection.Value);
    }

    [Fact]
    public void Parse_SeveralProblems_ReportsAllWithPlaces()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse("--prot", "9000", "--seed=x", "stray", "--cms-redis-host", "--port=2");
        Assert.Equal(
            [
                "--prot: unknown; the nearest known is --port",
                "argument 4, \"stray\": is neither a flag nor the value of one",
                "--cms-redis-host: needs a value (text)",
                "--seed: the value must be a whole number, 0 or above, not \"x\"",
            ],
            result.Errors.Select(error => error.ToString()));
        Assert.Equal(2, result.ExitCode);
    }

    [Theory]
    [InlineData("--port=70000", "--port: the value must be a whole number from 0 to 65535, not \"70000\"")]
    [InlineData("--cms-redis-port=0", "--cms-redis-port: the value must be a whole number from 1 to 65535, not \"0\"")]
    [InlineData("--cms-redis-tls=yes", "--cms-redis-tls: the value must be true or false, not \"yes\"")]
    [InlineData("--cms-redis-host=", "--cms-redis-host: the value must be a host name or an IP address, without scheme and port, not \"\"")]
    [InlineData("--ttft-slo=0", "--ttft-slo: the value must be a number of milliseconds above 0, at most 7 days, not \"0\"")]
    [InlineData("--ttft-slo=1e99", "--ttft-slo: the value must be a number of milliseconds above 0, at most 7 days, not \"1e99\"")]
    [InlineData("--dispatch-decode-load-threshold=NaN", "--dispatch-decode-load-threshold: the value must be a number, 0 or above, not \"NaN\"")]
    [InlineData("--kvs-backend=redis", "--kvs-backend: the value must be one of mooncake, v6d, not \"redis\"")]
    [InlineData("--llm-backend-endpoints=a:b", "--llm-backend-endpoints: the value must be a comma-separated list of host:port, IPv6 hosts in brackets, not \"a:b\"; engine 1, \"a:b\", has a port that is none from 1 to 65535")]
    [InlineData("--enable-cache-aware", "--enable-cache-aware: unknown; the nearest known is --enable-cache-aware-scheduling")]
    [InlineData("--policy", "--policy: unknown; the nearest known is --scheduling-policy")]
    [InlineData("--zzzzzz", "--zzzzzz: unknown; --help tells the known ones")]
    [InlineData("--port=\n", "--port: the value must be a whole number from 0 to 65535, not \"?\"")]
    public void Parse_BadValue_SaysWhatWouldBeRight(string arg, string expected) =>
        Assert.Equal(expected, Assert.Single(OptionsInput.Parse(arg).Errors).ToString());

    /// <summary>A word after a boolean flag is not its value unless it is a boolean; that it was meant as one is likely.</summary>
    [Theory]
    [InlineData("--cms-redis-tls", "maybe")]
    [InlineData("--enable-console", "on")]
    public void Parse_WordAfterABooleanFlag_NamesTheFlagAndItsValues(string flag, string word)
    {
        Assert.Equal(
            $"{flag}: the value must be true or false, not \"{word}\"",
            Assert.Single(OptionsInput.Parse(flag, word).Errors).ToString());
        Assert.Equal(
            [$"argument 4, \"{word}\": is neither a flag nor the value of one"], OptionsInput.Parse(flag, "--port", "1", word).Errors.Select(static error => error.ToString()));
    }

    [Fact]
    public void Parse_Version_IsNoSetting()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse("--version", "--nonsense");
        Assert.Equal((true, 0), (result.IsVersionRequested, result.ExitCode));
        Assert.NotEmpty(new OptionsInput("--config", "c.yaml") { Files = { ["c.yaml"] = "version: true" } }.Parse().Errors);
    }

    [Fact]
    public void Parse_Endpoints_FillInThePort()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse("--llm-backend-endpoints", "10.0.0.1:8000, engine ,[::1]:81,[fe80::2]");
        Assert.Empty(result.Errors);
        Assert.Equal(
            [("10.0.0.1", 8000), ("engine", 80), ("::1", 81), ("fe80::2", 80)],
            result.Options.Discovery.Endpoints.Select(endpoint => (endpoint.Host, endpoint.Port)));
    }

    [Fact]
    public void Parse_FractionOfAMillisecond_IsExact() =>
        Assert.Equal(TimeSpan.FromTicks(1_001), OptionsInput.Parse("--tpot-slo=0.1001").Options.Slo.Tpot);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public void Parse_Help_IsAskedForAndExitsWithZero(string arg)
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(arg, "--nonsense");
        Assert.True(result.IsHelpRequested);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void Parse_IgnoredFlags_AreNamedAndNothingElse()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(
            "--logtostderr", "--enable-pprof=true", "--pd-disagg-protocol", "vllm-kvt", "--separate-pd-scheduling", "true",
            "--requests-report-duration", "5", "--allow-concurrent-scheduling", "--port", "1");
        Assert.Empty(result.Errors);
        Assert.Equal(1, result.Options.Service.Port);
        Assert.Equal(
            [
                "--logtostderr", "--enable-pprof", "--pd-disagg-protocol", "--separate-pd-scheduling", "--requests-report-duration",
                "--allow-concurrent-scheduling",
            ],
            result.IgnoredFlags);
    }
}
