using Llumnix.Adapters.Cms;
using Llumnix.Adapters.Secrets;
using Llumnix.Adapters.Tests.Redis;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Cms;

/// <summary>A user of Redis with no more rights than documented, or fewer.</summary>
public sealed class CmsSourceRightsTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private ConnectionMultiplexer _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _connection = await _server.ConnectAsync();
        await new CmsWriter(_connection.GetDatabase()).PutAsync("a");
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Run_RightsAsDocumented_Reads()
    {
        await using CmsSourceRun run = await RunWithAsync(RightsInRedis.Documented(CmsKeys.Pattern));

        await run.WaitForInstancesAsync("a");
        await _connection.GetDatabase().KeyDeleteAsync(CmsWriter.StatusKey("a"));
        await run.WaitForInstancesAsync();
        Assert.DoesNotContain(false, run.Sink.Availabilities);
        // INFO is how a restart is told from a flush: it must have been allowed.
        Assert.Empty((await RightsInRedis.DeniedAsync(_connection)).Intersect(RightsInRedis.Commands));
    }

    [Fact]
    public async Task Run_UserWithoutInfo_ReadsButCannotTellARestart()
    {
        await using CmsSourceRun run = await RunWithAsync(CmsKeys.Rights + " -info");

        await run.WaitForInstancesAsync("a");
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("scan")]
    [InlineData("getrange")]
    [InlineData("exists")]
    public async Task Run_OneRightIsMissing_ErrorNamesTheCommandAndTheRights(string command)
    {
        await using CmsSourceRun run = await RunWithAsync($"{CmsKeys.Rights} -{command}");
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);

        Assert.Contains($"'{command}'", run.Source.State.LastError, StringComparison.Ordinal);
        Assert.EndsWith($"; the user needs the rights {CmsKeys.Rights}", run.Source.State.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KeysAreNotAllowed_ErrorNamesTheRights()
    {
        await using CmsSourceRun run = await RunWithAsync(CmsKeys.Rights + " resetkeys");
        await run.Sink.WaitUntilAsync(sink => sink.IsAvailable == false);

        Assert.Contains("NOPERM", run.Source.State.LastError, StringComparison.Ordinal);
        Assert.EndsWith($"; the user needs the rights {CmsKeys.Rights}", run.Source.State.LastError, StringComparison.Ordinal);
    }

    private async Task<CmsSourceRun> RunWithAsync(string rights)
    {
        await RightsInRedis.GiveAsync(_connection, "llumnix", "s3cret", rights);
        return new CmsSourceRun(CmsSourceRun.OptionsFor(_server, redis => redis with { User = "llumnix", Password = new Secret("s3cret") }));
    }
}
