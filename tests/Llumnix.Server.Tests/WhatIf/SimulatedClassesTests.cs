using System.Text.Json;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.WhatIf;
using Llumnix.Simulation.Engines;

namespace Llumnix.Server.Tests.WhatIf;

/// <summary>A fleet whose engines differ, with tables by class.</summary>
public sealed class SimulatedClassesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("llumnix-classes-test-");
    private readonly LatencyTables _fast = new(PolynomialLatencyModel.H200Llama8B);
    private readonly LatencyTables _slow = new(PolynomialLatencyModel.H200Llama8B.SlowedDown(10));

    public void Dispose()
    {
        _fast.Dispose();
        _slow.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Engine_HasTheStepTimesOfItsClass_AndTheSimulatedSchedulerKnowsThem()
    {
        ProfileOptions options = Options();
        using var classes = SimulatedClasses.Read(options);
        SimulatedFleet fleet = SimulatedFleet.Of(RecordedScheduler.EnginesOf(4), Metadata(4), classes);
        Assert.Equal("the profiling tables of their classes (2 of fast, 1 of slow), and of 1 without tables from the built-in profile", fleet.Model[..fleet.Model.IndexOf(" h200", StringComparison.Ordinal)]);
        Assert.Equal(10, fleet.Engines[2].Latency.Prefill(1024) / fleet.Engines[0].Latency.Prefill(1024), 1e-3);

        var told = new ProfileClasses(ProfileRulesFile.Read(Assert.Single(classes.Flags).Split('=', 2)[1], []), null);
        Assert.Equal(
            ["fast", "fast", "slow", "none"],
            fleet.Engines.Select(engine => told.Of(Instance("other", "other") with { Labels = engine.Labels }).Name));
    }

    /// <summary>The policy is told which engines are slow: it keeps the targets, as it would not if it took all for fast ones.</summary>
    [Fact]
    public void WhatIf_ByClass_LeavesNoFileBehind()
    {
        string[] before = TemporaryFolders();
        RecordedScheduler scheduler = new RecordedScheduler().With(requests: 100, promptTokens: 800, outputTokens: 50, perSecond: 20);
        foreach ((string id, InstanceMetadata metadata) in Metadata(4))
        {
            scheduler.Metadata.Add(id, metadata);
        }

        WhatIfResult result;
        using (WhatIfJob job = WhatIfJob.Prepare(
            new WhatIfQuestion { Overrides = new Dictionary<string, JsonElement> { ["scheduling-policy"] = JsonSerializer.SerializeToElement("flood") } },
            scheduler.ToSource("--scheduling-policy=slo", $"--latency-profiles={Options().ClassesPath}"),
            scheduler.NowMs,
            out string error,
            out _)!)
        {
            Assert.Equal("", error);
            Assert.NotEmpty(TemporaryFolders().Except(before));
            result = job.Play(static _ => { }, TestContext.Current.CancellationToken)!;
        }

        Assert.Contains(result.Notes, static note => note.Contains("(2 of fast, 1 of slow)", StringComparison.Ordinal));
        Assert.Equal(1, result.Measures.Single(static measure => measure.Name == "attainment").Present.Mean);
        Assert.Empty(TemporaryFolders().Except(before));
    }

    [Fact]
    public void Prepare_TableIsGone_SaysSo()
    {
        var scheduler = new RecordedScheduler();
        scheduler.Place("r");
        string[] flags = ["--scheduling-policy=slo", $"--latency-profiles={Options().ClassesPath}"];
        File.Delete(_slow.TpotPath);
        Assert.Null(WhatIfJob.Prepare(new WhatIfQuestion { Overrides = new Dictionary<string, JsonElement>() }, scheduler.ToSource(flags), scheduler.NowMs, out string error, out bool isOfQuestion));
        Assert.Contains("class slow", error, StringComparison.Ordinal);
        Assert.False(isOfQuestion);
    }

    private static string[] TemporaryFolders() => Directory.GetDirectories(Path.GetTempPath(), "llumnix-what-if-*");

    private static Dictionary<string, InstanceMetadata> Metadata(int count) =>
        Enumerable.Range(0, count).ToDictionary(static i => $"e{i}", static i => Instance($"e{i}", i < 2 ? "h200-1" : i == 2 ? "h20-1" : "other"));

    private static InstanceMetadata Instance(string id, string node) => new() { InstanceId = id, InferType = InferType.Neutral, Ip = "10.0.0.1", ApiServerPort = 8000, NodeId = node };

    private ProfileOptions Options()
    {
        string path = Path.Combine(_directory.FullName, "classes.yaml");
        File.WriteAllText(path, $$"""
            classes:
              - {name: fast, when: {node: "h200-*"}, ttft: "{{_fast.TtftPath}}", tpot: "{{_fast.TpotPath}}"}
              - {name: slow, when: {node: "h20-*"}, ttft: "{{_slow.TtftPath}}", tpot: "{{_slow.TpotPath}}"}
            """);
        return new ProfileOptions { ClassesPath = path };
    }
}
