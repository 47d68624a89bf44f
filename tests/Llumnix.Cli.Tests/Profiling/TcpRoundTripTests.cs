using System.Net;
using System.Net.Sockets;
using Llumnix.Cli.Profiling;
using Llumnix.Testing.Servers;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class TcpRoundTripTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A server that accepts and never says a word has a network all the same.</summary>
    [Fact]
    public async Task Measure_ServerThatNeverAnswers_IsTheNetworksTime()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var network = new TcpRoundTrip(new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"), TimeProvider.System);
        Assert.True(await network.MeasureAsync(Cancellation) > 0);
    }

    [Fact]
    public async Task Measure_NobodyThere_SaysSo()
    {
        var network = new TcpRoundTrip(new Uri($"http://127.0.0.1:{FreePort.Find(1)[0]}"), TimeProvider.System);
        await Assert.ThrowsAsync<ProfileException>(() => network.MeasureAsync(Cancellation));
    }
}
