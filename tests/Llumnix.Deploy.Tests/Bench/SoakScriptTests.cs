namespace Llumnix.Deploy.Tests.Bench;

/// <summary>bench/soak.sh, cut short.</summary>
public sealed class SoakScriptTests
{
    [Theory]
    [InlineData("full")]
    [InlineData("lite")]
    public async Task Soak_OfAMode_LeavesNothingBehind(string mode)
    {
        CommandResult result = await Command.TryAsync(
            Checkout.PathOf("bench/soak.sh"), ["--mode", mode, "--schedules", "200000", "--rounds", "5", "--seed", "3"]);
        Assert.True(result.ExitCode == 0, $"It ended with {result.ExitCode}:\n{result.Output}{result.Errors}");
        Assert.EndsWith("memory is flat, accounts are at zero, series are back\n", result.Output, StringComparison.Ordinal);
    }
}
