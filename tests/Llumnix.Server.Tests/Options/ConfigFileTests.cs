using Llumnix.Adapters.Options;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class ConfigFileTests
{
    [Theory]
    [InlineData("port: 9000\ncms_redis_host: store\nrescheduling-policies: [decode_load, neutral_load]\ncms-redis-password: 'a: b'\n")]
    [InlineData("{\"port\": 9000, \"cms-redis-host\": \"store\",\n\t\"rescheduling-policies\": [\"decode_load\", \"neutral_load\"], \"cms-redis-password\":\t\"a: b\"}")]
    public void Parse_YamlOrJson_SetsOptions(string text)
    {
        OptionsParseResult<SchedulerOptions> result = Parse(text);
        Assert.Empty(result.Errors);
        Assert.Equal(9000, result.Options.Service.Port);
        Assert.Equal("store", result.Options.Cms.Redis.Host);
        Assert.Equal("a: b", result.Options.Cms.Redis.Password.Reveal());
        Assert.Equal(["decode_load", "neutral_load"], result.Options.Rescheduling.Planner.Policies);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("{}")]
    [InlineData("port:\nseed: null\n")]
    public void Parse_NothingSet_IsFine(string text)
    {
        OptionsParseResult<SchedulerOptions> result = Parse(text);
        Assert.Empty(result.Errors);
        Assert.Empty(result.NonDefaultOptions);
    }

    [Theory]
    [InlineData("seed: 1\nprot: 2\n", "c.yaml:2: prot: unknown; the nearest known is --port")]
    [InlineData("seed: 1\n\nport: x\n", "c.yaml:3 port: the value must be a whole number from 0 to 65535, not \"x\"")]
    [InlineData("seed: 1\nport: {a: 1}\n", "c.yaml:2: port: one value or a list of values is expected")]
    [InlineData("seed: 1\nport: [[1]]\n", "c.yaml:2: port: one value or a list of values is expected")]
    [InlineData("seed: 1\n? [port]\n: 2\n", "c.yaml:2: a flag name is expected")]
    [InlineData("seed: 1\nseed: 2\n", "c.yaml:2: seed: given twice")]
    [InlineData("config: other.yaml\n", "c.yaml:1: config: not allowed in a configuration file")]
    [InlineData("- port\n", "c.yaml:1: a mapping of flag names to values is expected")]
    [InlineData("seed: 1\n---\nport: 2\n", "c.yaml:2: a second document is not expected")]
    [InlineData("seed: 1\nport: 'hunter2\n", "c.yaml:2:7: is not valid YAML or JSON: the quote that is opened here is not closed")]
    public void Parse_BadFile_NamesTheLine(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(Parse(text).Errors).ToString());

    [Fact]
    public void Parse_MissingFile_IsAnError() => Assert.Equal(
        "--config: the file \"gone.yaml\" cannot be read: there is no such file",
        Assert.Single(OptionsInput.Parse("--config", "gone.yaml").Errors).ToString());

    [Fact]
    public void Parse_FileNamedByTheEnvironment_IsRead()
    {
        var input = new OptionsInput { Environment = { ["LLUMNIX_SCHEDULER_CONFIG"] = "c.yaml" }, Files = { ["c.yaml"] = "port: 5" } };
        Assert.Equal(5, input.Parse().Options.Service.Port);
    }

    private static OptionsParseResult<SchedulerOptions> Parse(string text) => new OptionsInput("--config", "c.yaml") { Files = { ["c.yaml"] = text } }.Parse();
}
