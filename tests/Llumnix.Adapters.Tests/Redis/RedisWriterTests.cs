using Llumnix.Adapters.Redis;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Redis;

public sealed class RedisWriterTests
{
    /// <summary>It is told before the first value is to be written, and with what can be done about it.</summary>
    [Fact]
    public async Task Connect_NothingListens_LogsTheAddressAndItsFlags()
    {
        int port = FreePort.Find(1)[0];
        var log = new RecordingLogger<RedisWriter>();
        using var logging = new OneLog(log);
        await using RedisWriter writer = await RedisWriter.ConnectAsync(new RedisOptions { Host = "127.0.0.1", Port = port }, "CMS", "--cms-redis-host and --cms-redis-port", logging);
        string line = Assert.Single(log.Lines);
        Assert.StartsWith(FormattableString.Invariant($"Warning: The Redis of the CMS at 127.0.0.1:{port} takes nothing ("), line, StringComparison.Ordinal);
        Assert.EndsWith("); retrying. Where it is: --cms-redis-host and --cms-redis-port", line, StringComparison.Ordinal);
    }
}
