using Llumnix.Adapters.Options;
using Llumnix.Adapters.Secrets;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.WhatIf;

namespace Llumnix.Server.Tests.WhatIf;

public sealed class SimulatedFlagsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Changeable_AreOptionsThatHaveAValueAndNoSecret(bool isFullMode) => Assert.All(
        SimulatedFlags.Changeable(isFullMode), static flag => Assert.True(SimulatedFlags.RowOf(flag) is { HasValue: true, IsSecret: false }, flag));

    [Fact]
    public void Of_ParsedOptions_GiveTheSameSchedulerAgain()
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            ["--scheduling-policy=slo", "--enable-adaptive-pd", "--ttft-profiling-data-path=a.json", "--tpot-profiling-data-path=b.json", "--ttft-slo=700", "--port=9000", "--cms-redis-password=secret", "--service-token=secret"],
            SchedulerProgram.KnownNames);
        IReadOnlyList<string> flags = SimulatedFlags.Of(parsed.Options, parsed);
        // What follows from adaptive PD is left out, so that it follows no more where adaptive PD is switched off.
        Assert.Equal(
            ["--enable-adaptive-pd=true", "--scheduling-policy=slo", "--tpot-profiling-data-path=b.json", "--ttft-profiling-data-path=a.json", "--ttft-slo=700"], flags.Order(StringComparer.Ordinal));
        SchedulerOptions again = SimulatedFlags.Parse(flags).Options;
        Assert.Equal((parsed.Options.Slo, parsed.Options.Mode, 8002), (again.Slo, again.Mode, again.Service.Port));
    }

    [Fact]
    public void Of_OptionsOfAProgram_WithoutSecretsAndListeners() => Assert.Equal(
        ["--dispatch-top-k=3", "--instance-staleness-seconds=3"],
        SimulatedFlags.Of(
            new SchedulerOptions
            {
                Service = new ServiceOptions { Port = 0, Token = new Secret("secret") },
                Console = new ConsoleOptions { IsEnabled = true, Host = "0.0.0.0", Token = new Secret("secret") },
                Dispatch = new() { TopK = 3 },
                Failover = new() { InstanceStaleness = TimeSpan.FromSeconds(3) },
            },
            parsed: null).Order(StringComparer.Ordinal));
}
