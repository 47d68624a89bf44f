using Llumnix.Cli.Gateway;
using Llumnix.Cli.Serve;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>The texts of the gateway's own flags.</summary>
public sealed class GatewayTextTests
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
    [InlineData("", "")]
    [InlineData("scheduler:8088", "http://scheduler:8088/")]
    [InlineData("a:1, https://b:2 ,a:1", "http://a:1/ https://b:2/")]
    [InlineData("[::1]:8088", "http://[::1]:8088/")]
    [InlineData("ftp://a:1", null)]
    [InlineData("a:1/path", null)]
    [InlineData("http://user@a:1", null)]
    [InlineData("a:70000", null)]
    public void TryRead_Schedulers_AddressesOrNothing(string text, string? urls)
    {
        Assert.Equal(urls is not null, SchedulerUrls.TryRead(text, out IReadOnlyList<Uri>? read));
        Assert.Equal(urls, read is null ? null : string.Join(' ', read));
    }
}
