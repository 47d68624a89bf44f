using Llumnix.Cli.Gateway;

namespace Llumnix.Cli.Tests.Gateway;

public sealed class SchedulerUrlsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("scheduler:8088", "http://scheduler:8088/")]
    [InlineData("a:1, https://b:2 ,a:1", "http://a:1/ https://b:2/")]
    [InlineData("[::1]:8088", "http://[::1]:8088/")]
    [InlineData("http://a,https://b", "http://a/ https://b/")]
    [InlineData("scheduler", null)]
    [InlineData("[::1]", null)]
    [InlineData("ftp://a:1", null)]
    [InlineData("a:1/path", null)]
    [InlineData("http://user@a:1", null)]
    [InlineData("a:70000", null)]
    public void TryRead_Schedulers_AddressesOrNothing(string text, string? urls)
    {
        bool isRead = SchedulerUrls.TryRead(text, out IReadOnlyList<Uri> read);
        Assert.Equal(urls, isRead ? string.Join(' ', read) : null);
    }
}
