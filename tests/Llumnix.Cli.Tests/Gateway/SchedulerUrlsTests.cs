using Llumnix.Cli.Gateway;

namespace Llumnix.Cli.Tests.Gateway;

public sealed class SchedulerUrlsTests
{
    [Theory]
    [InlineData("a:1,127.0.0.1:99999", "\"127.0.0.1:99999\" has a port that is none from 1 to 65535")]
    [InlineData("http://:1", "\"http://:1\" is no address")]
    [InlineData("a:1", null)]
    public void Explain_Schedulers_SaysWhatIsWrong(string text, string? expected) => Assert.Equal(expected, SchedulerUrls.Explain(text));

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
