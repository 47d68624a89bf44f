using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Tests.Options;

public sealed class DurationTextTests
{
    [Theory]
    [InlineData("5s", 5000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("0", 0)]
    [InlineData("168h", 604_800_000)]
    [InlineData("169h", null)]
    [InlineData("-1s", null)]
    [InlineData("s", null)]
    [InlineData("", null)]
    [InlineData("5 s", null)]
    [InlineData("99999999999999999999999999999", null)]
    public void TryRead_Duration_ByItsUnit(string text, int? milliseconds)
    {
        Assert.Equal(milliseconds is not null, DurationText.TryRead(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds ?? 0), duration);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("5s")]
    [InlineData("90s")]
    [InlineData("15m")]
    [InlineData("500ms")]
    [InlineData("0.0001ms")]
    [InlineData("10080m")]
    public void Write_Duration_IsAsItIsReadMostSimply(string text)
    {
        Assert.True(DurationText.TryRead(text, out TimeSpan duration));
        Assert.Equal(text, DurationText.Write(duration));
    }
}
