using Llumnix.Testing.Polling;
using Microsoft.Extensions.DependencyInjection;

namespace Llumnix.Yarp.Tests;

public sealed class LlumnixLoadBalancingTests
{
    /// <summary>The engines tell no load: what counts is what was sent there and has not ended.</summary>
    [Fact]
    public async Task Pick_RequestIsHeldAtAnEngine_OthersGoToTheOther()
    {
        await using StubEngine a = await StubEngine.StartAsync("a");
        await using StubEngine b = await StubEngine.StartAsync("b");
        await using Proxy proxy = await Proxy.StartAsync(a, b);

        Task<string> held = proxy.GetAsync("held");
        await Eventually.TrueAsync(() => proxy.RequestsInFlight == 1);
        string other = await proxy.GetAsync("x");
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(other, await proxy.GetAsync("x"));
        }

        a.Answer();
        b.Answer();
        Assert.NotEqual(other, await held);
        await Eventually.TrueAsync(() => proxy.RequestsInFlight == 0);
    }

    [Fact]
    public async Task Pick_EnginesTellTheirLoad_RequestsGoWhereFewerRun()
    {
        await using StubEngine busy = await StubEngine.StartAsync("busy", running: 50);
        await using StubEngine idle = await StubEngine.StartAsync("idle", running: 0);
        await using Proxy proxy = await Proxy.StartAsync(busy, idle);
        await Eventually.TrueAsync(() => proxy.RunningRequests == 50);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("idle", await proxy.GetAsync("x"));
        }
    }

    [Fact]
    public async Task Change_AnotherEngine_GetsTheRequests()
    {
        await using StubEngine busy = await StubEngine.StartAsync("busy", running: 50);
        await using StubEngine busier = await StubEngine.StartAsync("busier", running: 60);
        await using StubEngine idle = await StubEngine.StartAsync("idle", running: 0);
        await using Proxy proxy = await Proxy.StartAsync(busy, busier);
        await Eventually.TrueAsync(() => proxy.RunningRequests == 110);
        Assert.Equal("busy", await proxy.GetAsync("x"));

        proxy.Change(LlumnixLoadBalancing.PolicyName, busy, idle);
        await Eventually.TrueAsync(async () => await proxy.GetAsync("x") == "idle");
    }

    [Fact]
    public async Task Change_AnotherPolicy_EndsTheScheduler()
    {
        await using StubEngine a = await StubEngine.StartAsync("a");
        await using StubEngine b = await StubEngine.StartAsync("b");
        await using Proxy proxy = await Proxy.StartAsync(a, b);
        Assert.NotNull(proxy.Scheduler);

        proxy.Change("RoundRobin", a, b);
        await Eventually.TrueAsync(() => proxy.Scheduler is null);
        Assert.Contains(await proxy.GetAsync("x"), (string[])["a", "b"]);
    }

    [Fact]
    public async Task Cancel_ClientLeaves_RequestIsReleased()
    {
        await using StubEngine a = await StubEngine.StartAsync("a");
        await using StubEngine b = await StubEngine.StartAsync("b");
        await using Proxy proxy = await Proxy.StartAsync(a, b);
        using var leave = new CancellationTokenSource();
        Task<string> held = proxy.Client.GetStringAsync(new Uri("held", UriKind.Relative), leave.Token);
        await Eventually.TrueAsync(() => proxy.RequestsInFlight == 1);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => held);
        await Eventually.TrueAsync(() => proxy.RequestsInFlight == 0);
    }

    [Fact]
    public void AddLlumnixLoadBalancing_WithoutAScheduler_SaysWhatToCall()
    {
        var services = new ServiceCollection();
        services.AddReverseProxy().AddLlumnixLoadBalancing();
        using ServiceProvider provider = services.BuildServiceProvider();
        Assert.Contains("call AddLlumnixScheduler", Assert.Throws<InvalidOperationException>(provider.GetRequiredService<ClusterSchedulers>).Message, StringComparison.Ordinal);
    }
}
