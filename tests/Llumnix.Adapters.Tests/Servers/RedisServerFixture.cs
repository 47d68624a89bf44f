using Llumnix.Testing.Cms;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Servers;

/// <summary>One server for the tests of a class, emptied by each.</summary>
public sealed class RedisServerFixture : IAsyncLifetime
{
    private ConnectionMultiplexer _connection = null!;

    internal RedisServer Server { get; private set; } = null!;

    internal IDatabase Database => _connection.GetDatabase();

    internal CmsWriter Writer => new(Database);

    public async ValueTask InitializeAsync()
    {
        Server = await RedisServer.StartAsync();
        _connection = await Server.ConnectAsync();
    }

    public Task FlushAsync() => _connection.GetServers()[0].FlushAllDatabasesAsync();

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await Server.DisposeAsync();
    }
}
