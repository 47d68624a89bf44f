using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Tests;

/// <summary>Hosts of fast engines: 1 ms per decode step, nothing for prefill.</summary>
internal static class EngineHostBuilder
{
    public static readonly PolynomialLatencyModel Fast = new() { DecodeBase = 1 };

    /// <summary>Steps that take so long that a test sees every request before its first token.</summary>
    public static readonly PolynomialLatencyModel Stuck = new() { PrefillBase = 3_600_000, DecodeBase = 3_600_000 };

    /// <summary>The first step with prefill leaves its profile in the status.</summary>
    public static EngineHostOptions Options(PolynomialLatencyModel latency, params InferType[] engines) => new()
    {
        Model = "m",
        Engines = [.. engines.Select(type => new EmulatedEngineOptions { Engine = new EngineConfiguration { InferType = type, Latency = latency, ProfilingSteps = 1 } })],
    };

    public static Task<EngineHost> StartAsync(params InferType[] engines) =>
        EngineHost.StartAsync(Options(Fast, engines), TestContext.Current.CancellationToken);
}
