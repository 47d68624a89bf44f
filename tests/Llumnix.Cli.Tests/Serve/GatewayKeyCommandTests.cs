using System.Text.Json;
using Llumnix.Cli.Serve;

namespace Llumnix.Cli.Tests.Serve;

public sealed class GatewayKeyCommandTests
{
    [Fact]
    public void Entry_OfAKey_HoldsWhatSha256sumPrints()
    {
        using JsonDocument entry = JsonDocument.Parse(GatewayKeyCommand.EntryOf("team \"a\"", "abc"));
        Assert.Equal("team \"a\"", entry.RootElement.GetProperty("name").GetString());
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", entry.RootElement.GetProperty("sha256").GetString());
    }
}
