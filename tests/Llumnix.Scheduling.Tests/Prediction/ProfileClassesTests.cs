using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Prediction;

public sealed class ProfileClassesTests
{
    private static readonly LatencyProfile Tables = new(new LatencyCurve([1], [1]), new LatencyGrid([1], [8], [1]));

    private static readonly InstanceMetadata Instance = Readings.Of("pool-7-engine-3").Metadata with
    {
        InferType = InferType.Neutral,
        NodeId = "gpu-h20-11",
        UnitId = "0",
        BackendType = "vllm",
        TensorParallelSize = 4,
        DataParallelSize = 0,
        BlockSize = 16,
        Models = ["Qwen/Qwen3-32B", "adapter"],
        Labels = "gpu=h20,gpu.class=b,zone=a",
    };

    [Theory]
    [InlineData("instance", "pool-7-*", true)]
    [InlineData("instance", "pool-?-engine-3", true)]
    [InlineData("instance", "POOL-7-*", false)]
    [InlineData("node", "gpu-h20-*", true)]
    [InlineData("node", "gpu-h20-1", false)]
    [InlineData("unit", "*", false)] // "0" is unknown
    [InlineData("model", "Qwen/*", true)]
    [InlineData("model", "adapter", true)]
    [InlineData("infer_type", "neutral", true)]
    [InlineData("infer_type", "prefill", false)]
    [InlineData("backend", "vllm", true)]
    [InlineData("tensor_parallel", "4", true)]
    [InlineData("tensor_parallel", "8", false)]
    [InlineData("data_parallel", "*", false)] // unknown
    [InlineData("block_size", "16", true)]
    [InlineData("labels.gpu", "h20", true)]
    [InlineData("labels.gpu", "h2?", true)]
    [InlineData("labels.gpu.class", "b", true)]
    [InlineData("labels.gpu", "b", false)]
    [InlineData("labels.region", "*", false)]
    public void Matches_OneCondition_HoldsByTheMetadata(string trait, string pattern, bool expected) =>
        Assert.Equal(expected, Rule("a", (trait, pattern)).Matches(Instance));

    [Fact]
    public void Of_SeveralRules_FirstThatMatchesInAllConditions()
    {
        var classes = new ProfileClasses(
            [Rule("other", ("backend", "vllm"), ("node", "gpu-h200-*")), Rule("right", ("backend", "vllm")), Rule("later", ("block_size", "16"))], Tables);
        Assert.Equal("right", classes.Of(Instance).Name);
        Assert.Equal("later", classes.Of(Instance with { BackendType = "sglang" }).Name);
        Assert.Equal("default", classes.Of(Instance with { BackendType = "sglang", BlockSize = 32 }).Name);
    }

    [Fact]
    public void Of_NoRuleAndNoDefault_HasNoTables()
    {
        ProfileClass none = new ProfileClasses([Rule("a", ("backend", "sglang"))], fallback: null).Of(Instance);
        Assert.Equal("none", none.Name);
        Assert.False(none.HasTables);
        Assert.InRange(none.Profile.PrefillMs(100), 1e8, 1e12);
        Assert.InRange(none.Profile.DecodeMs(100, 1e6), 1e8, 1e12);
    }

    [Theory]
    [InlineData("*", "a-1", true)]
    [InlineData("a-*", "a-1*", true)]
    [InlineData("a-?", "a-1", true)]
    [InlineData("a-?", "a-*", false)]
    [InlineData("a-*", "b-1", false)]
    [InlineData("a-1", "a-*", false)]
    public void Covers_Patterns_WiderOneTakesAll(string wide, string narrow, bool expected)
    {
        Assert.Equal(expected, Rule("w", ("node", wide)).Covers(Rule("n", ("node", narrow), ("backend", "vllm"))));
        Assert.False(Rule("n", ("node", narrow), ("backend", "vllm")).Covers(Rule("w", ("node", wide))));
    }

    [Theory]
    [InlineData("a-*", "a-1", true)]
    [InlineData("a-*", "b-1", false)]
    [InlineData("a-*", "b-*", false)]
    [InlineData("a-*", "a-b*", true)]
    [InlineData("*-x", "*-y", false)]
    [InlineData("*-x", "a*", true)]
    public void MayShare_Patterns_WhereATextMayFitBoth(string a, string b, bool expected)
    {
        Assert.Equal(expected, Rule("a", ("node", a), ("block_size", "16")).MayShare(Rule("b", ("node", b))));
        Assert.Equal(expected, Rule("b", ("node", b)).MayShare(Rule("a", ("node", a), ("block_size", "16"))));
    }

    internal static ProfileRule Rule(string name, params (string Trait, string Pattern)[] conditions) => new(
        name,
        [.. conditions.Select(static condition => new InstanceCondition(
            condition.Trait.StartsWith("labels.", StringComparison.Ordinal)
                ? InstanceTrait.OfLabel(condition.Trait["labels.".Length..])
                : InstanceTrait.All.Single(trait => trait.Name == condition.Trait),
            [condition.Pattern]))],
        Tables);
}
