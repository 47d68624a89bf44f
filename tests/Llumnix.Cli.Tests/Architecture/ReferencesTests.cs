using System.Reflection;

namespace Llumnix.Cli.Tests.Architecture;

/// <summary>Who may reference whom. The core references nothing of ours and no I/O.</summary>
public sealed class ReferencesTests
{
    [Theory]
    [InlineData("Llumnix.Scheduling", "")]
    [InlineData("Llumnix.Protocol", "")]
    [InlineData("Llumnix.Adapters", "Llumnix.Protocol Llumnix.Scheduling")]
    [InlineData("Llumnix.Gateway", "Llumnix.Adapters Llumnix.Protocol Llumnix.Scheduling")]
    [InlineData("Llumnix.Simulation", "Llumnix.Scheduling")]
    [InlineData("Llumnix.EngineEmulator", "Llumnix.Adapters Llumnix.Protocol Llumnix.Scheduling Llumnix.Simulation")]
    [InlineData("Llumnix.Server", "Llumnix.Adapters Llumnix.Protocol Llumnix.Scheduling Llumnix.Simulation")]
    public void Assembly_References_OnlyWhatItMay(string assembly, string allowed)
    {
        IEnumerable<string> ours = ReferencesOf(assembly).Where(name => name.StartsWith("Llumnix.", StringComparison.Ordinal));
        Assert.Empty(ours.Except(allowed.Split(' ')));
    }

    /// <summary>IP addresses are values; what does I/O with them is in other assemblies.</summary>
    [Fact]
    public void Core_References_NoInputOrOutput()
    {
        string[] forbidden = ["Microsoft.AspNetCore", "StackExchange", "Google.Protobuf", "System.Text.Json", "System.Net", "Microsoft.Extensions"];
        Assert.DoesNotContain(
            ReferencesOf("Llumnix.Scheduling").Where(static name => name != "System.Net.Primitives"),
            name => forbidden.Any(f => name.StartsWith(f, StringComparison.Ordinal)));
    }

    [Fact]
    public void Server_References_NoEmbeddedStore() => Assert.DoesNotContain("Garnet.server", ReferencesOf("Llumnix.Server"));

    private static IEnumerable<string> ReferencesOf(string assembly) =>
        Assembly.Load(assembly).GetReferencedAssemblies().Select(static name => name.Name!);
}
