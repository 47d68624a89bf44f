using Llumnix.Server.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Logging;

public sealed class ProcessLoggingTests
{
    /// <summary>What libraries tell of each request or call is not in the log, unless everything is asked for.</summary>
    [Theory]
    [InlineData(0, LogLevel.Warning)]
    [InlineData(4, LogLevel.Warning)]
    [InlineData(5, LogLevel.Information)]
    public void Records_OfLibraries_AreWrittenFromALevelOn(int verbosity, LogLevel lowest)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => ProcessLogging.Configure(logging, verbosity, new FakeTimeProvider()));
        using ServiceProvider provider = services.BuildServiceProvider();
        ILoggerFactory factory = provider.GetRequiredService<ILoggerFactory>();
        Assert.All(
            ["Microsoft.AspNetCore.Server.Kestrel", "Grpc.AspNetCore.Server.ServerCallHandler", "Grpc.Net.Client.Internal.GrpcCall"],
            category => Assert.Equal(lowest, Enum.GetValues<LogLevel>().First(factory.CreateLogger(category).IsEnabled)));
        Assert.True(factory.CreateLogger("Llumnix.Server.Hosting.SchedulerHost").IsEnabled(LogLevel.Information));
    }
}
