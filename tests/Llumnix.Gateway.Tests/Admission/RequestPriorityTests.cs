using Llumnix.Gateway.Admission;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Gateway.Tests.Admission;

public sealed class RequestPriorityTests
{
    [Theory]
    [InlineData(null, 9, 0)]
    [InlineData(null, -2, -2)]
    [InlineData("3", 9, 3)]
    [InlineData("3", 1, 1)]
    [InlineData("-3", 1, -3)]
    [InlineData("100", 9, 9)]
    [InlineData("-100", 9, -9)]
    public void Read_Number_IsKeptWithinRangeAndCeiling(string? header, int ceiling, int expected)
    {
        Assert.True(RequestPriority.TryRead(Headers(header), ceiling, out int priority));
        Assert.Equal(expected, priority);
    }

    [Theory]
    [InlineData("high")]
    [InlineData("1.5")]
    [InlineData("99999999999")]
    public void Read_NoNumber_IsRefused(string header) => Assert.False(RequestPriority.TryRead(Headers(header), 9, out _));

    private static HeaderDictionary Headers(string? priority)
    {
        var headers = new HeaderDictionary();
        if (priority is not null)
        {
            headers.Append(RequestPriority.Header, priority);
        }

        return headers;
    }
}
