using Llumnix.Adapters.Options;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class ExtraArgumentsTests
{
    [Fact]
    public void Parse_ExtraArguments_OverrideFlags()
    {
        OptionsParseResult<SchedulerOptions> result = OptionsInput.Parse(
            "--extra-args", "port=5, rescheduling-policies='decode_load,neutral_load',--cms_redis_username=\"it's\"", "--port=6");
        Assert.Empty(result.Errors);
        Assert.Equal(5, result.Options.Service.Port);
        Assert.Equal(["decode_load", "neutral_load"], result.Options.Rescheduling.Planner.Policies);
        Assert.Equal("it's", result.Options.Cms.Redis.User);
    }

    [Theory]
    [InlineData("port='5", "--extra-args in --extra-args: a quote is not closed")]
    [InlineData("port=5,hunter2", "item 2 in --extra-args: name=value is expected")]
    [InlineData("prot=5", "prot in --extra-args: unknown; the nearest known is --port")]
    [InlineData("config=c.yaml", "config in --extra-args: not allowed here")]
    [InlineData("port=x", "port in --extra-args: the value must be a whole number from 0 to 65535, not \"x\"")]
    public void Parse_BadExtraArguments_NamesTheItem(string text, string expected) =>
        Assert.Equal(expected, Assert.Single(OptionsInput.Parse("--extra-args", text).Errors).ToString());
}
