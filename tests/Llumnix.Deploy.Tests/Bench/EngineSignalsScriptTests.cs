using System.Globalization;
using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Bench;

/// <summary>bench/engine-signals.sh, at its smallest.</summary>
public sealed partial class EngineSignalsScriptTests
{
    private static readonly string Script = Checkout.PathOf("bench/engine-signals.sh");

    [Fact]
    public async Task Smoke_EachSource_IsMeasured()
    {
        CommandResult result = await Command.TryAsync(Script, ["--smoke"]);
        Assert.True(result.ExitCode == 0, $"It ended with {result.ExitCode}:\n{result.Output}{result.Errors}");
        string[] rows = [.. result.Output.Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];
        Assert.Equal(["nothing", "CMS", "engines"], rows.Select(static row => row.Split('|')[1].Trim()));
        Assert.All(rows, static row => Assert.Matches(Row(), row));
        Assert.Equal([false, false, true], rows.Select(static row => int.Parse(row.Split('|')[8], CultureInfo.InvariantCulture) > 0));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("--smoke", "--smoke")]
    public async Task Arguments_ThatMakeNoSense_AreToldWithExitCode2(params string[] arguments)
    {
        CommandResult result = await Command.TryAsync(Script, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal($"unknown argument: {string.Join(' ', arguments)}\n", result.Errors);
    }

    [GeneratedRegex(@"^\| \w+ \| [1-9]\d* µs \| [1-9]\d* µs \| \d+\.\d\d \| [1-9]\d* µs \| \d+\.\d\d \| [1-9]\d* MiB \| \d+ \| \d+ \|$", RegexOptions.CultureInvariant)]
    private static partial Regex Row();
}
