using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Secrets;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class RedisDiscoveryAvailabilityTests
{
    [Fact]
    public async Task Run_ServerKilledAndRestartedEmpty_ListStaysUntilTheFirstIsBackAndHasHadTime()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await PutAsync(server, "a");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(server));
        await run.Sink.WaitForAsync("a_dp0");

        await server.KillAsync();
        await run.WaitForAvailabilityAsync(false);
        Assert.Equal(["a_dp0"], run.Sink.Instances.Keys);
        Assert.StartsWith($"{server.Host}:{server.Port}: ", run.Source.State.LastError, StringComparison.Ordinal);

        await server.RestartAsync();
        await run.WaitForAvailabilityAsync(true);
        run.Clock.Advance(TimeSpan.FromHours(1));
        await run.Sink.WaitForSynchronizationsAsync();
        Assert.Equal(["a_dp0"], run.Sink.Instances.Keys);
        Assert.Equal("it has lost all instances at once", run.Source.State.Silence);

        await PutAsync(server, "b");
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
        await run.Sink.WaitForSynchronizationsAsync();
        run.Clock.Advance(TimeSpan.FromSeconds(26));
        await run.Sink.WaitForAsync("b_dp0");
        await run.Log.WaitUntilAsync(_ => run.Source.State.Silence is null);
    }

    [Fact]
    public async Task Run_ServerPausedAndResumed_StoreGoesAndComesBack()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await PutAsync(server, "a");
        RedisDiscoveryOptions options = DiscoveryRuns.OptionsFor(server);
        options = options with { Redis = options.Redis with { Timeout = TimeSpan.FromMilliseconds(500) }, RetryTimes = 0 };
        await using var run = DiscoveryRuns.Of(options);
        await run.Sink.WaitForAsync("a_dp0");

        server.Pause();
        await run.WaitForAvailabilityAsync(false);
        Assert.Equal(["a_dp0"], run.Sink.Instances.Keys);
        Assert.Equal($"{server.Host}:{server.Port}: no answer within 0.5 s", run.Source.State.LastError);

        server.Resume();
        await run.WaitForAvailabilityAsync(true);
        Assert.Null(run.Source.State.LastError);
    }

    [Fact]
    public async Task Run_ServerAwayForLongerThanTheTtl_ListStaysWhileItIsWrittenAgain()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await PutAsync(server, "a");
        await PutAsync(server, "gone-meanwhile");
        RedisDiscoveryOptions options = DiscoveryRuns.OptionsFor(server);
        options = options with { Redis = options.Redis with { Timeout = TimeSpan.FromMilliseconds(500) }, RetryTimes = 0 };
        await using var run = DiscoveryRuns.Of(options);
        await run.Sink.WaitForAsync("a_dp0", "gone-meanwhile_dp0");

        server.Pause();
        await run.WaitForAvailabilityAsync(false);
        run.Clock.Advance(TimeSpan.FromMinutes(10));
        server.Resume();
        await run.WaitForAvailabilityAsync(true);
        await run.Sink.WaitForSynchronizationsAsync(5);
        Assert.Equal(["a_dp0", "gone-meanwhile_dp0"], run.Sink.Instances.Keys.Order());

        for (int i = 0; i < 4; i++)
        {
            run.Clock.Advance(TimeSpan.FromSeconds(20));
            await PutAsync(server, "a", run.Clock.GetUtcNow());
            await run.Sink.WaitForSynchronizationsAsync();
        }

        await run.Sink.WaitForAsync("a_dp0");
    }

    [Fact]
    public async Task Run_ServerDownAtStart_LoadsTheListOnceItIsUp()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await server.KillAsync();
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(server));
        await run.Log.WaitUntilAsync(log => !log.Lines.IsEmpty);
        Assert.Equal((false, false, 0), (run.Source.State.Available, run.Source.State.FirstListLoaded, run.Sink.Synchronizations));

        await server.RestartAsync();
        await PutAsync(server, "a");

        await run.Sink.WaitForAsync("a_dp0");
        await run.WaitForAvailabilityAsync(true);
    }

    [Theory]
    [InlineData("wr0ng-s3cret", "WRONGPASS")]
    [InlineData("", "NOAUTH")]
    public async Task Run_BadPassword_TellsSoWithoutTheSecret(string password, string expected)
    {
        await using RedisServer server = await RedisServer.StartAsync(new RedisServerOptions { Password = "r1ght-s3cret" });
        RedisDiscoveryOptions options = DiscoveryRuns.OptionsFor(server);
        await using var run = DiscoveryRuns.Of(options with { Redis = options.Redis with { Password = new Secret(password) } });
        await run.Log.WaitUntilAsync(log => !log.Lines.IsEmpty);

        Assert.Contains(expected, run.Source.State.LastError, StringComparison.Ordinal);
        string told = string.Join('\n', run.Log.Lines) + run.Source.State;
        Assert.DoesNotContain("s3cret", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UserAndTlsWithTheServersAuthority_Reads()
    {
        using var tls = new TlsFiles();
        await using RedisServer server = await RedisServer.StartAsync(new RedisServerOptions { Tls = tls, User = "u", Password = "p" });
        await PutAsync(server, "a");
        RedisDiscoveryOptions options = DiscoveryRuns.OptionsFor(server);
        await using var run = DiscoveryRuns.Of(
            options with { Redis = options.Redis with { UseTls = true, CaFile = tls.CaFile, User = "u", Password = new Secret("p") } });

        await run.Sink.WaitForAsync("a_dp0");
    }

    [Fact]
    public void OptionsToString_HasNoPassword()
    {
        var options = new RedisDiscoveryOptions { Redis = new() { Password = new Secret("s3cret") } };

        Assert.DoesNotContain("s3cret", options.ToString(), StringComparison.Ordinal);
    }

    private static async Task PutAsync(RedisServer server, string podName, DateTimeOffset? timestamp = null)
    {
        await using ConnectionMultiplexer connection = await server.ConnectAsync();
        await connection.GetDatabase().StringSetAsync(
            "llumnix:discovery:" + podName, PodMessages.Pod(podName, timestamp: timestamp).ToByteArray());
    }
}
