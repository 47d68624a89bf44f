using Llumnix.Scheduling;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.WhatIf;

/// <summary>A scheduler whose decisions are recorded, before a fleet that a test describes, on a clock that stands still until told otherwise.</summary>
internal sealed class RecordedScheduler : SchedulingModeRuntime
{
    private readonly LiteModeScheduler _scheduler;

    internal RecordedScheduler(int decisions = 1000)
    {
        _scheduler = SchedulerCore.MakeLite(
            new SchedulerOptions { Mode = new ModeOptions { IsFull = false }, Console = new ConsoleOptions { IsEnabled = true, DecisionHistory = decisions } }, Time);
        _scheduler.Synchronize([new DiscoveredInstance { Id = "a", InferType = InferType.Neutral, Host = "10.0.0.1", Port = 8000 }]);
    }

    internal FakeTimeProvider Time { get; } = new();

    internal double NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What the fleet is taken for.</summary>
    internal Func<FleetSample> Fleet { get; set; } = static () => EnginesOf(4);

    public override string Name => "lite";

    public override string StoreName => "discovery";

    public override IRequestScheduler Scheduler => _scheduler;

    public override IDrainControl Drains => _scheduler.DrainControl;

    public override IGatewaySink Gateways => _scheduler;

    public override DecisionHistory? History => _scheduler.History;

    /// <summary>Engines with 20,000 tokens of KV cache, of which as many as are said get no requests.</summary>
    internal static FleetSample EnginesOf(int count, int stale = 0) => new(0, [.. Enumerable.Range(0, count).Select(i => new FleetInstance(
        -1, $"e{i}", "10.0.0.1:8000", "neutral", "", "", [], "vllm", i < stale ? "stale" : "ok", "", false, 100, 0, 0, 0, 20_000, 0, 0, 0, 0, 0, null))]);

    /// <summary>What the admin API is given.</summary>
    internal AdminSource ToSource(params IReadOnlyList<string> flags) => new() { Program = "scheduler", Mode = this, Policy = "load-balance", SchedulerFlags = flags };

    /// <summary>Tells that something was found of the health of an instance.</summary>
    internal void FindHealth() => OnHealthFound();

    internal void Place(string id, int promptTokens = 100, SchedulingMode mode = SchedulingMode.Neutral, string? excluded = null) =>
        _scheduler.Schedule(new PlacementRequest(id, mode, InferType.Prefill, promptTokens, ExcludedInstances: excluded is null ? null : [excluded], IsRetry: excluded is not null), out _);

    internal void Report(string id, long tokens)
    {
        var batch = new RequestProgressBatch();
        batch.Add(id, "a", tokens, isPrefillDone: true);
        _scheduler.Report(batch);
    }

    /// <summary>Places requests at even distances whose answers are known.</summary>
    internal RecordedScheduler With(int requests, int promptTokens, int outputTokens, double perSecond)
    {
        for (int i = 0; i < requests; i++)
        {
            Place($"r{i}", promptTokens);
            History!.ObserveEnd($"r{i}", promptTokens + outputTokens);
            Time.Advance(TimeSpan.FromSeconds(1 / perSecond));
        }

        return this;
    }

    public override FleetSample CaptureFleet() => Fleet();

    /// <summary>What the instances are taken to say of themselves.</summary>
    internal Dictionary<string, InstanceMetadata> Metadata { get; } = [];

    public override IReadOnlyDictionary<string, InstanceMetadata> CaptureMetadata() => Metadata;

    public override int HealthFingerprint() => string.Join(',', Fleet().Instances.Select(static instance => instance.Health)).GetHashCode(StringComparison.Ordinal);

    /// <summary>Why it is not ready.</summary>
    internal Func<string?> NotReady { get; set; } = static () => null;

    public override string? FindReasonNotReady() => NotReady();

    public override Task RunAsync(CancellationToken cancellation) => Task.CompletedTask;

    public override void ShowGauges()
    {
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
