using Llumnix.Adapters.Options;
using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("LLUMNIX_SCHEDULER_PORT", "tcp://10.0.0.1:8002")]
    [InlineData("LLUMNIX_SCHEDULER_SERVICE_HOST", "10.0.0.1")]
    [InlineData("LLUMNIX_SCHEDULER_SERVICE_PORT", "8002")]
    [InlineData("LLUMNIX_SCHEDULER_SERVICE_PORT_HTTP", "8002")]
    [InlineData("LLUMNIX_SCHEDULER_PORT_8002_TCP_ADDR", "10.0.0.1")]
    [InlineData("LLUMNIX_SCHEDULER_HEADLESS_PORT", "tcp://10.0.0.1:8002")]
    [InlineData("LLUMNIX_SCHEDULER_CMS_REDIS_PORT", "tcp://10.0.0.1:6379")]
    [InlineData("LLUMNIX_SCHEDULER_PORT", "")]
    [InlineData("PATH", "x")]
    public void Parse_VariableThatIsNotOurs_IsLeftAlone(string variable, string text)
    {
        OptionsParseResult<SchedulerOptions> result = new OptionsInput { Environment = { [variable] = text } }.Parse();
        Assert.Empty(result.Errors);
        Assert.Empty(result.NonDefaultOptions);
    }

    [Fact]
    public void Parse_UnknownVariable_IsAnErrorWithTheNearest()
    {
        OptionsParseResult<SchedulerOptions> result = new OptionsInput { Environment = { ["LLUMNIX_SCHEDULER_SERVICE_TOKN"] = "hunter2" } }.Parse();
        Assert.Equal(
            "environment variable LLUMNIX_SCHEDULER_SERVICE_TOKN: unknown; the nearest known is LLUMNIX_SCHEDULER_SERVICE_TOKEN",
            Assert.Single(result.Errors).ToString());
    }

    [Fact]
    public void Parse_GoHashSeed_SetsTheSeed() =>
        Assert.Equal("42", new OptionsInput { Environment = { ["GO_HASH_SEED"] = "42" } }.Parse().Options.CacheAware.Lookup.ChunkKeys.Seed);
}
