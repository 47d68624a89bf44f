using System.Net;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Demo;
using Llumnix.Cli.Load;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Load;
using Llumnix.Cli.Tests.Serve;
using Llumnix.EngineEmulator;
using Llumnix.Gateway.Options;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Options;

namespace Llumnix.Cli.Tests.WhatIf;

/// <summary>What-ifs of a scheduler that works, by the requests that it has placed.</summary>
public sealed class LiveWhatIfTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    /// <summary>In serve the lengths of answers are known to the token, whenever they end between two reports.</summary>
    [Theory]
    [InlineData("/v1/completions", "\"prompt\":\"a b c\",\"stream\":true")]
    [InlineData("/v1/completions", "\"prompt\":\"a b c\"")]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"stream\":true")]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],\"stream\":true,\"stream_options\":{\"include_usage\":true}")]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]")]
    public async Task Serve_KnowsHowLongAnswersWere(string path, string members)
    {
        EngineHost engines = await EngineHost.StartAsync(new EngineHostOptions { Engines = [new EmulatedEngineOptions(), new EmulatedEngineOptions()] }, Cancellation);
        await using EmulatedServe serve = await EmulatedServe.StartAsync(engines, new ServeSettings
        {
            Engines = [.. engines.Engines.Select(static engine => new ListedEngine("127.0.0.1", engine.Port))],
            Gateway = new GatewayOptions { Port = 0 },
            Console = new ConsoleOptions { IsEnabled = true, Port = 0 },
        });
        foreach (int tokens in (int[])[3, 7])
        {
            using HttpResponseMessage answer = await serve.PostAsync(path, $$"""{"max_tokens":{{tokens}},{{members}}}""", id: $"r{tokens}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            _ = await answer.Content.ReadAsStringAsync(Cancellation);
        }

        await serve.UntilNothingIsHeldAsync();
        WhatIfResult result = await PlayedWhatIf.AskAsync(serve.Host.ConsoleAddress!, """{"overrides":{"scheduling-policy":"flood"},"seeds":1}""");
        Assert.Equal((2, 2, 2), (result.Input.Requests, result.Input.KnownOutputs, result.Input.Engines));
        Assert.Contains("The lengths of all answers are known, 5 tokens on average.", result.Notes);
    }

    /// <summary>The scheduler of every variant can be simulated as it is, by the profiling tables of the demo's engines.</summary>
    [Theory]
    [InlineData("load-balance", SchedulingMode.Neutral, false, true)]
    [InlineData("slo", SchedulingMode.PdStaged, true, false)]
    [InlineData("round-robin", SchedulingMode.PdStaged, true, false)]
    public async Task Demo_WithAConsole_PlaysItsFleet(string policy, SchedulingMode mode, bool isAdaptive, bool isRescheduling)
    {
        const int requests = 12;
        using var store = new EmbeddedStore();
        var settings = new DemoSettings(policy, Engines: 2, mode, TimeSpan.FromSeconds(1), LoadRun.AtOnce(requests), Seed: 1)
        {
            IsAdaptivePd = isAdaptive, ConsolePort = 0, Targets = new LatencyTargets(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(40)),
        };
        await using DemoFleet fleet = await DemoFleet.StartAsync(settings, policy, isCacheAware: false, isRescheduling, store.Port, Cancellation);
        Assert.Equal(requests, (await LoadRun.PlayAsync(fleet.Address, settings.Arrivals)).Completed);
        WhatIfResult result = await PlayedWhatIf.AskAsync(fleet.ConsoleAddress!, """{"overrides":{"dispatch-top-k":2},"seeds":1}""");
        Assert.Equal((requests, 2, "the profiling tables", 1000, 40), (result.Input.Requests, result.Input.Engines, result.Input.EngineModel, result.Input.TtftMs, result.Input.TpotMs));
        Assert.Equal(0, result.Measures.Single(static measure => measure.Name == "lost").Present.Mean);
    }
}
