using Llumnix.Protocol.Cms;
using Llumnix.Testing.Cms;
using StackExchange.Redis;

namespace Llumnix.WebConsole.Tests.Live;

/// <summary>Instances whose statuses are written anew all the time with the same numbers, as idle engines do.</summary>
internal sealed class WrittenFleet : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConnectionMultiplexer _connection;
    private readonly List<string> _silent = [];
    private readonly int _count;
    private readonly int _port;
    private readonly Task _writing;

    /// <param name="connection">The CMS; taken over.</param>
    /// <param name="count">How many instances.</param>
    /// <param name="port">Their API port, at which nothing listens.</param>
    internal WrittenFleet(ConnectionMultiplexer connection, int count, int port)
    {
        (_connection, _count, _port) = (connection, count, port);
        _writing = WriteAsync();
    }

    /// <summary>Id of an instance.</summary>
    internal static string IdOf(int index) => $"engine-{index:D4}";

    /// <summary>Stops the statuses of an instance, as the crash of its engine does.</summary>
    internal void Silence(string id)
    {
        lock (_silent)
        {
            _silent.Add(id);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _writing;
        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task WriteAsync()
    {
        var writer = new CmsWriter(_connection.GetDatabase());
        string[] ids = [.. Enumerable.Range(0, _count).Select(IdOf)];
        await Task.WhenAll(ids.Select((id, index) => writer.PutAsync(MetadataOf(id, index))));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        for (int update = 1; !_stop.IsCancellationRequested; update++)
        {
            string[] silent;
            lock (_silent)
            {
                silent = [.. _silent];
            }

            await Task.WhenAll(ids.Select((id, index) => silent.Contains(id) ? Task.CompletedTask : writer.PutAsync(StatusOf(id, index, update))));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private InstanceMetadata MetadataOf(string id, int index)
    {
        InstanceMetadata metadata = CmsMessages.Metadata(id);
        metadata.Ip = "127.0.0.1";
        metadata.ApiServerPort = _port;
        metadata.NodeId = $"node-{index / 8}";
        metadata.UnitId = $"unit-{index / 40}";
        return metadata;
    }

    private static InstanceStatus StatusOf(string id, int index, int update)
    {
        InstanceStatus status = CmsMessages.Status(id, update);
        status.NumRunningRequests = index % 50;
        status.NumWaitingRequests = index % 7;
        status.NumUsedGpuTokens = index * 997 % 100_000;
        return status;
    }
}
