using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Servers;

public sealed class RedisServerTests
{
    [Fact]
    public async Task StartAsync_ArgumentThatTheServerRefuses_TellsWhatItSaid()
    {
        var options = new RedisServerOptions { Arguments = ["--no-such-setting", "1"] };

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisServer.StartAsync(options));

        Assert.Contains("no-such-setting", error.Message, StringComparison.Ordinal);
    }
}
