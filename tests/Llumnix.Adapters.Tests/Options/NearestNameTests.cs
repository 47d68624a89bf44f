using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Adapters.Tests.Options;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("prot", "port")]
    [InlineData("hosts", "host")]
    [InlineData("enable-log", "enable-log-input")]
    [InlineData("ENABLE-ADAPTIVE-PD", "enable-adaptive-pd")]
    [InlineData("", "host")]
    public void Find_Typo_GivesTheNameMeant(string text, string expected) =>
        Assert.Equal(expected, NearestName.Find(text, ["port", "host", "enable-adaptive-pd", "enable-log-input"]));

    [Theory]
    [InlineData("engine", "engines")]
    [InlineData("policy", "scheduling-policy")]
    [InlineData("prot", "port")]
    [InlineData("foo", null)]
    [InlineData("a", null)]
    [InlineData("h", "h")]
    [InlineData("hunter2", null)]
    public void FindClose_OnlyWhatMayBeMeant(string text, string? expected) =>
        Assert.Equal(expected, NearestName.FindClose(text, ["engine-api-key-file", "engines", "engine-metrics", "scheduling-policy", "port", "flood", "slo", "h"]));
}
