using System.Net;
using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Redis;
using Llumnix.Adapters.Secrets;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Cms;

public sealed class CmsSourceAvailabilityTests
{
    [Fact]
    public async Task Run_ServerKilled_ViewStaysAndStoreIsTold()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await WriteAsync(server, writer => writer.PutAsync("a"));
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server));
        await run.WaitForInstancesAsync("a");
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == true);
        Assert.Equal((true, true, null), Summary(run.Source.State));

        await server.KillAsync();
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);

        Assert.Equal(["a"], run.Sink.Readings.Keys);
        Assert.Equal((false, true), (run.Source.State.Available, run.Source.State.FirstViewLoaded));
        Assert.StartsWith($"{server.Host}:{server.Port}: ", run.Source.State.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ServerRestartsEmpty_KnownInstancesStayForTheRebuildWindow()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await WriteAsync(server, async writer =>
        {
            await writer.PutAsync("dead");
            await writer.PutAsync("alive");
            await writer.PutAsync("ends");
        });
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server));
        await run.WaitForInstancesAsync("dead", "alive", "ends");

        await server.KillAsync();
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);
        await server.RestartAsync();
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == true);
        await run.Sink.WaitForSynchronizationsAsync();
        Assert.Equal(3, run.Sink.Readings.Count);

        await WriteAsync(server, async writer =>
        {
            await writer.PutAsync(CmsMessages.Status("alive", updateId: 2));
            await writer.PutAsync(CmsMessages.Status("ends", updateId: 2));
            await run.Sink.WaitUntilAsync(sink => sink.Readings["alive"].Status.UpdateId + sink.Readings["ends"].Status.UpdateId == 4);

            // It ends in good order before it has written its metadata again: that is no loss of the store's.
            await writer.DeleteAsync("ends");
            await run.WaitForInstancesAsync("dead", "alive");
            await writer.PutAsync(CmsMessages.Metadata("alive"));
            await run.Sink.WaitForSynchronizationsAsync();
        });

        run.Clock.Advance(TimeSpan.FromSeconds(25));
        await run.WaitForInstancesAsync("alive");
    }

    [Fact]
    public async Task Run_NoStatusChangesAnyMore_IsToldOnceAndTheViewStays()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await WriteAsync(server, writer => writer.PutAsync("a"));
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server));
        await run.WaitForInstancesAsync("a");

        run.Sink.AnswersSilent = true;
        await run.Log.WaitUntilAsync(_ => run.Source.State.Silence is not null);
        await run.Sink.WaitForSynchronizationsAsync(5);
        Assert.Equal((true, "no status in it changes any more"), (run.Source.State.Available, run.Source.State.Silence));
        Assert.Equal(["a"], run.Sink.Readings.Keys);

        run.Sink.AnswersSilent = false;
        await run.Log.WaitUntilAsync(_ => run.Source.State.Silence is null);
        Assert.Equal(
            [
                $"Information: The CMS at {server.Host}:{server.Port} answers",
                "Error: The CMS answers, but no status in it changes any more: a store that cannot be written into, or another one? The last view stays in use until it is stale",
                "Information: Statuses in the CMS change again",
            ],
            run.Log.Lines);
    }

    [Fact]
    public async Task Run_ServerFlushed_InstancesLeave()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await WriteAsync(server, writer => writer.PutAsync("a"));
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server));
        await run.WaitForInstancesAsync("a");

        await using ConnectionMultiplexer connection = await server.ConnectAsync();
        await connection.GetServers()[0].FlushAllDatabasesAsync();

        await run.WaitForInstancesAsync();
        Assert.DoesNotContain(false, run.Sink.Availabilities);
    }

    [Fact]
    public async Task Run_ServerPausedAndResumed_StoreGoesAndComesBack()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await WriteAsync(server, writer => writer.PutAsync("a"));
        await using var run = new CmsSourceRun(
            CmsSourceRun.OptionsFor(server, redis => redis with { Timeout = TimeSpan.FromMilliseconds(500) }) with { RetryTimes = 0 });
        await run.WaitForInstancesAsync("a");

        server.Pause();
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);
        Assert.Equal(["a"], run.Sink.Readings.Keys);
        Assert.Equal($"{server.Host}:{server.Port}: no answer within 0.5 s", run.Source.State.LastError);

        server.Resume();
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == true);
        Assert.Equal(["a"], run.Sink.Readings.Keys);
    }

    [Fact]
    public async Task Run_ServerDownAtStart_LoadsTheViewOnceItIsUp()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        await server.KillAsync();
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server));
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);
        Assert.Equal((false, false), (run.Source.State.Available, run.Source.State.FirstViewLoaded));

        await server.RestartAsync();
        await WriteAsync(server, writer => writer.PutAsync("a"));

        await run.WaitForInstancesAsync("a");
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == true);
        Assert.Equal([false, true], run.Sink.Availabilities);
        Assert.Equal((true, true, null), Summary(run.Source.State));
    }

    [Theory]
    [InlineData("wr0ng-s3cret", "WRONGPASS")]
    [InlineData("", "NOAUTH")]
    public async Task Run_BadPassword_TellsSoWithoutTheSecret(string password, string expected)
    {
        await using RedisServer server = await RedisServer.StartAsync(new RedisServerOptions { Password = "r1ght-s3cret" });
        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server, redis => redis with { Password = new Secret(password) }));
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);

        Assert.Contains(expected, run.Source.State.LastError, StringComparison.Ordinal);
        string told = string.Join('\n', run.Log.Lines) + run.Source.State;
        Assert.DoesNotContain("s3cret", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TlsWithTheServersAuthority_Reads()
    {
        using var tls = new TlsFiles();
        await using RedisServer server = await RedisServer.StartAsync(new RedisServerOptions { Tls = tls });
        await WriteAsync(server, writer => writer.PutAsync("a"));

        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server, redis => redis with { UseTls = true, CaFile = tls.CaFile }));

        await run.WaitForInstancesAsync("a");
    }

    [Fact]
    public async Task Run_TlsWithAnUnknownAuthority_IsRefused()
    {
        using var tls = new TlsFiles();
        await using RedisServer server = await RedisServer.StartAsync(new RedisServerOptions { Tls = tls });

        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server, redis => redis with { UseTls = true }));
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);

        Assert.Contains("certificate", run.Source.State.LastError, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_TlsCertificateOfAnotherHost_IsRefused()
    {
        using var tls = new TlsFiles(IPAddress.Parse("127.0.0.9"));
        await using RedisServer server = await RedisServer.StartAsync(new RedisServerOptions { Tls = tls });

        await using var run = new CmsSourceRun(CmsSourceRun.OptionsFor(server, redis => redis with { UseTls = true, CaFile = tls.CaFile }));
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);

        Assert.Contains("certificate", run.Source.State.LastError, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_CaFileMissing_ErrorNamesTheFile()
    {
        var options = new CmsOptions
        {
            Redis = new RedisOptions { Host = "localhost", UseTls = true, CaFile = "no-such-ca.pem" },
            StatusInterval = TimeSpan.FromMilliseconds(5),
        };

        await using var run = new CmsSourceRun(options);
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);

        Assert.Contains("no-such-ca.pem", run.Source.State.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public void Constructor_IntervalOfZero_NamesTheOption()
    {
        var options = new CmsOptions { StatusInterval = TimeSpan.Zero };

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new CmsSourceRun(options));

        Assert.Contains("StatusInterval", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsToString_HasNoPassword() =>
        Assert.Equal(
            "redis:6379, user 'u', TLS off, timeout 00:00:01", new RedisOptions { User = "u", Password = new Secret("s3cret") }.ToString());

    private static (bool Available, bool FirstViewLoaded, string? LastError) Summary(CmsSourceState state) =>
        (state.Available, state.FirstViewLoaded, state.LastError);

    private static async Task WriteAsync(RedisServer server, Func<CmsWriter, Task> write)
    {
        await using ConnectionMultiplexer connection = await server.ConnectAsync();
        await write(new CmsWriter(connection.GetDatabase()));
    }
}
