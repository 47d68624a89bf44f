using Llumnix.Gateway.Health;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Gateway.Tests.Health;

public sealed class EngineDirectoryTests
{
    [Fact]
    public void Synchronize_TerminatingInstance_IsLeftOut()
    {
        var directory = new EngineDirectory();
        var a = new DiscoveredInstance { Id = "a", InferType = InferType.Neutral, Host = "10.0.0.1", Port = 8000 };
        directory.Synchronize([a, a with { Id = "b", IsTerminating = true }]);
        Assert.Equal("a", Assert.Single(directory.Engines).Id);
    }
}
