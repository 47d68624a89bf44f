using Llumnix.Adapters.Options;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class PrecedenceTests
{
    // Each source sets another port; the strongest one that takes part must win.
    [Theory]
    [InlineData(false, false, false, false, 8002, "--port (default)")]
    [InlineData(true, false, false, false, 1001, "c.yaml:1 port")]
    [InlineData(true, true, false, false, 1002, "environment variable LLUMNIX_SCHEDULER_PORT")]
    [InlineData(true, true, true, false, 1003, "--port")]
    [InlineData(true, true, true, true, 1004, "port in --extra-args")]
    [InlineData(true, false, false, true, 1004, "port in --extra-args")]
    [InlineData(true, false, true, false, 1003, "--port")]
    public void Parse_SeveralSources_StrongestWins(bool file, bool environment, bool flag, bool extra, int expected, string source)
    {
        string[] args = [.. file ? ["--config=c.yaml"] : (string[])[], .. flag ? ["--port=1003"] : (string[])[], .. extra ? ["--extra-args=port=1004"] : (string[])[]];
        var input = new OptionsInput(args) { Files = { ["c.yaml"] = "port: 1001" } };
        if (environment)
        {
            input.Environment["LLUMNIX_SCHEDULER_PORT"] = "1002";
        }

        OptionsParseResult<SchedulerOptions> result = input.Parse();
        Assert.Empty(result.Errors);
        Assert.Equal(expected, result.Options.Service.Port);
        Assert.Equal(source, result.SourceOf("port").ToString());
    }

    [Fact]
    public void Parse_BadValueThatIsOverridden_IsStillReported()
    {
        OptionsParseResult<SchedulerOptions> result = new OptionsInput("--seed=7") { Environment = { ["LLUMNIX_SCHEDULER_SEED"] = "x" } }.Parse();
        Assert.Equal(
            "environment variable LLUMNIX_SCHEDULER_SEED: the value must be a whole number, 0 or above, not \"x\"", Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void Parse_OptionAndAliasInTheEnvironment_OwnNameWins()
    {
        var input = new OptionsInput
        {
            Environment = { ["LLUMNIX_SCHEDULER_KVS_HASH_SEED"] = "1", ["GO_HASH_SEED"] = "2", ["LLUMNIX_SCHEDULER_RESCHEDULE_INTERVAL_MS"] = "100" },
        };
        SchedulerOptions options = input.Parse().Options;
        Assert.Equal("1", options.CacheAware.Lookup.ChunkKeys.Seed);
        Assert.Equal(TimeSpan.FromMilliseconds(100), options.Rescheduling.Interval);
    }

    [Fact]
    public void NonDefaultOptions_SomeSet_ListsThemWithSources()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse("--port=9", "--cms-redis-host=redis", "--service-token=hunter2");
        Assert.Equal("port=9 (--port)\nservice-token=*** (--service-token)\n", OptionsReport.RenderEffective(result));
    }
}
