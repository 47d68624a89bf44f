using Llumnix.Adapters.Listeners;
using Llumnix.Testing.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Tests.Listeners;

public sealed class GuardedListenerTests
{
    /// <summary>Without TLS there is no HTTP/2: the server must not be asked for it, or it warns at every start.</summary>
    [Fact]
    public async Task Listen_PlainHttp_StartsWithoutWarnings()
    {
        var log = new RecordingLogger<GuardedListenerTests>();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(new SharedLog(log));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel =>
            GuardedListener.Listen(kestrel, "127.0.0.1", 0, new ConnectionGate(new ConnectionLimits(), TimeProvider.System), certificate: null));
        await using WebApplication app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        Assert.NotEmpty(log.Lines);
        Assert.DoesNotContain(log.Lines, static line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    /// <summary>The server itself refuses to take any free port of both families.</summary>
    [Fact]
    public async Task Listen_AnyPortOfLocalhost_ListensOnTheIPv4Loopback()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(static kestrel =>
            GuardedListener.Listen(kestrel, "localhost", 0, new ConnectionGate(new ConnectionLimits(), TimeProvider.System), certificate: null));
        await using WebApplication app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(Assert.Single(app.Urls));
        Assert.Equal("127.0.0.1", address.Host);
        Assert.NotEqual(0, address.Port);
    }

    private sealed class SharedLog(ILogger log) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
