using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Secrets;
using Llumnix.Adapters.Tests.Redis;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>A user of discovery's Redis with no more rights than documented, or fewer; and a value that is too large.</summary>
public sealed class RedisDiscoveryRightsTests : IAsyncLifetime
{
    private RedisServer _server = null!;
    private ConnectionMultiplexer _connection = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _connection = await _server.ConnectAsync();
        await PutAsync("a");
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Run_RightsAsDocumented_Reads()
    {
        await using DiscoveryRun<RedisDiscovery> run = await RunWithAsync(RightsInRedis.Documented(PodKeys.RedisPrefix));

        await run.Sink.WaitForAsync("a_dp0");
        await PutAsync("b");
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
        Assert.Empty((await RightsInRedis.DeniedAsync(_connection)).Intersect(RightsInRedis.Commands));
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("scan")]
    [InlineData("getrange")]
    public async Task Run_OneRightIsMissing_ErrorNamesTheCommandAndTheRights(string command)
    {
        await using DiscoveryRun<RedisDiscovery> run = await RunWithAsync($"{PodKeys.RedisRights} -{command}");
        await run.Log.WaitUntilAsync(static log => !log.Lines.IsEmpty);

        Assert.Contains($"'{command}'", run.Source.State.LastError, StringComparison.Ordinal);
        Assert.EndsWith($"; the user needs the rights {PodKeys.RedisRights}", run.Source.State.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AValueOf100Megabytes_IsSkippedAndTheOthersGoOn()
    {
        await _connection.GetDatabase().StringSetRangeAsync("llumnix:discovery:large", 100 * 1024 * 1024, "x");
        await using DiscoveryRun<RedisDiscovery> run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(_server));
        await run.Sink.WaitForAsync("a_dp0");
        await PutAsync("b");
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
        await run.Sink.WaitForSynchronizationsAsync(20);

        Assert.Equal([DiscoverySkipReason.TooLarge], run.Observer.Skipped);
        string stats = ((string?)await _connection.GetDatabase().ExecuteAsync("INFO", "stats"))!;
        string sent = stats.Split("\r\n").Single(static line => line.StartsWith("total_net_output_bytes:", StringComparison.Ordinal));
        Assert.InRange(long.Parse(sent[(sent.IndexOf(':', StringComparison.Ordinal) + 1)..]), 0, 3 * PodEntry.MaxBytes);
    }

    private Task<bool> PutAsync(string name) =>
        _connection.GetDatabase().StringSetAsync("llumnix:discovery:" + name, PodMessages.Pod(name).ToByteArray());

    private async Task<DiscoveryRun<RedisDiscovery>> RunWithAsync(string rights)
    {
        await RightsInRedis.GiveAsync(_connection, "llumnix", "s3cret", rights);
        RedisDiscoveryOptions options = DiscoveryRuns.OptionsFor(_server);
        return DiscoveryRuns.Of(options with { Redis = options.Redis with { User = "llumnix", Password = new Secret("s3cret") } });
    }
}
