namespace Llumnix.Deploy.Tests.Bench;

/// <summary>bench/attacks.sh, at its smallest.</summary>
public sealed class AttackScriptTests
{
    [Fact]
    public async Task Smoke_EveryAttack_IsCarriedOutAndWithstood()
    {
        string script = Checkout.PathOf("bench/attacks.sh");
        string list = await Command.RunAsync(script, ["list"]);
        string[] attacks = [.. list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[0])];
        CommandResult result = await Command.TryAsync(script, ["--smoke"]);
        Assert.True(result.ExitCode == 0, $"It ended with {result.ExitCode}:\n{result.Output}{result.Errors}");
        Assert.NotEmpty(attacks);
        Assert.All(attacks, attack => Assert.Contains($"\n| {attack} | this build | alive |", result.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("there is no attack nonsense", "--attack", "nonsense")]
    [InlineData("nowhere.dll is not there: build it first", "--program", "nowhere.dll")]
    public async Task Arguments_ThatMakeNoSense_AreToldWithExitCode2(string problem, params string[] arguments)
    {
        CommandResult result = await Command.TryAsync(Checkout.PathOf("bench/attacks.sh"), arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(problem, result.Errors, StringComparison.Ordinal);
    }
}
