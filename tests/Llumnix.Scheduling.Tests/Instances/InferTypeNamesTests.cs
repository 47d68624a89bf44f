using Llumnix.Scheduling.Instances;

namespace Llumnix.Scheduling.Tests.Instances;

public sealed class InferTypeNamesTests
{
    [Theory]
    [InlineData(InferType.Neutral, "neutral")]
    [InlineData(InferType.Prefill, "prefill")]
    [InlineData(InferType.Decode, "decode")]
    public void Name_EachInferType_ThereAndBack(InferType type, string name)
    {
        Assert.Equal(name, type.ToName());
        Assert.True(InferTypeNames.TryParse(name, out InferType parsed));
        Assert.Equal(type, parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Prefill")]
    [InlineData("decode ")]
    public void TryParse_AnythingElse_IsNone(string? name) => Assert.False(InferTypeNames.TryParse(name, out _));
}
