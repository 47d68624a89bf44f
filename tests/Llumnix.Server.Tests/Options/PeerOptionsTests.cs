using Llumnix.Server.Options;

namespace Llumnix.Server.Tests.Options;

/// <summary>How far the batches to a replica are apart.</summary>
public sealed class PeerOptionsTests
{
    [Theory]
    [InlineData(0, true, 100)]
    [InlineData(0, false, 1)]
    [InlineData(7, true, 7)]
    [InlineData(7, false, 7)]
    public void BatchIntervalOf_SetOrNot(int setMs, bool isLed, int expectedMs) =>
        Assert.Equal(expectedMs, new PeerOptions { BatchInterval = TimeSpan.FromMilliseconds(setMs) }.BatchIntervalOf(isLed).TotalMilliseconds);
}
