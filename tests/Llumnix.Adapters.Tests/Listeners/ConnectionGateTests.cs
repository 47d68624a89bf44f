using System.IO.Pipelines;
using System.Net;
using Llumnix.Adapters.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Listeners;

public sealed class ConnectionGateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Hold_WithinTheLimits_CountsUntilTheEnd()
    {
        var gate = new ConnectionGate(new ConnectionLimits { Total = 2, PerAddress = 1 }, _time);
        var end = new TaskCompletionSource();
        Task first = gate.HoldAsync(Connect("10.0.0.1"), _ => end.Task);
        Task second = gate.HoldAsync(Connect("10.0.0.2"), _ => end.Task);
        Assert.Equal(2, gate.Count);
        Assert.False(gate.HasSurplus);
        end.SetResult();
        await Task.WhenAll(first, second);
        Assert.Equal(0, gate.Count);
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1")]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1")]
    [InlineData("fd00::1", "fd00::2")]
    public void Hold_SameAddressOverItsLimit_IsMarked(string first, string second)
    {
        var gate = new ConnectionGate(new ConnectionLimits { Total = 9, PerAddress = 1 }, _time);
        var never = new TaskCompletionSource();
        _ = gate.HoldAsync(Connect(first), _ => never.Task);
        DefaultConnectionContext over = Connect(second);
        _ = gate.HoldAsync(over, _ => never.Task);
        Assert.NotNull(over.Features.Get<SurplusConnection>());
        Assert.True(gate.HasSurplus);
        DefaultConnectionContext other = Connect("fd00:0:0:1::1");
        _ = gate.HoldAsync(other, _ => never.Task);
        Assert.Null(other.Features.Get<SurplusConnection>());
        Assert.Equal(2, gate.Count);
    }

    [Fact]
    public async Task Hold_MoreThanTheSurplus_TheOldestIsDropped()
    {
        var gate = new ConnectionGate(new ConnectionLimits { Total = 1, Surplus = 2 }, _time);
        DefaultConnectionContext[] connections = [.. Enumerable.Range(0, 4).Select(_ => Connect("10.0.0.1"))];
        Task[] held = [.. connections.Select(connection => gate.HoldAsync(connection, UntilClosedAsync))];
        await held[1];
        Assert.Equal([false, true, false, false], held.Select(task => task.IsCompleted));
        Assert.True(gate.HasSurplus);
        connections[2].Abort();
        connections[3].Abort();
        await Task.WhenAll(held[2], held[3]);
        Assert.False(gate.HasSurplus);
    }

    [Fact]
    public async Task Hold_Surplus_EndsAfterItsTime()
    {
        var gate = new ConnectionGate(new ConnectionLimits { Total = 1, SurplusLifetime = TimeSpan.FromSeconds(5) }, _time);
        _ = gate.HoldAsync(Connect("10.0.0.1"), UntilClosedAsync);
        Task over = gate.HoldAsync(Connect("10.0.0.1"), UntilClosedAsync);
        Assert.False(over.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(5));
        await over;
        Assert.Equal(1, gate.Count);
    }

    [Fact]
    public async Task AwaitFirstByte_NothingComes_TheConnectionEnds()
    {
        var gate = new ConnectionGate(new ConnectionLimits { FirstByteTimeout = TimeSpan.FromSeconds(30) }, _time);
        Task silent = gate.AwaitFirstByteAsync(Connect("10.0.0.1"), _ => throw new InvalidOperationException("it said nothing"));
        Assert.False(silent.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(30));
        await silent;
    }

    [Fact]
    public async Task AwaitFirstByte_SomethingComes_NothingOfItIsTaken()
    {
        var gate = new ConnectionGate(new ConnectionLimits(), _time);
        DefaultConnectionContext connection = Connect("10.0.0.1");
        byte[]? seen = null;
        Task held = gate.AwaitFirstByteAsync(connection, async c =>
        {
            ReadResult read = await c.Transport.Input.ReadAsync(TestContext.Current.CancellationToken);
            seen = [.. read.Buffer.FirstSpan];
        });
        await connection.Application!.Output.WriteAsync("GET"u8.ToArray(), TestContext.Current.CancellationToken);
        await held;
        Assert.Equal("GET"u8.ToArray(), seen);
    }

    private static Task UntilClosedAsync(ConnectionContext connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(closed.SetResult);
        return closed.Task;
    }

    private static DefaultConnectionContext Connect(string address)
    {
        DuplexPipe.Pair pair = DuplexPipe.Create();
        return new DefaultConnectionContext("c", pair.Transport, pair.Application) { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 5) };
    }
}
