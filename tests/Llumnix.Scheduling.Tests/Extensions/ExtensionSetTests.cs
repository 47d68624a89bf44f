using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Selectors;

namespace Llumnix.Scheduling.Tests.Extensions;

public sealed class ExtensionSetTests
{
    private readonly SchedulerExtensions _extensions = new();

    [Fact]
    public void AddMetric_NewName_IsInTheCatalogue()
    {
        _extensions.FullMode.AddMetric(new NamedMetric("mine"));
        MetricCatalogue<FullModeInstance> catalogue = FullModeMetrics.Catalogue(added: _extensions.FullMode.Metrics);
        Assert.Equal(new NamedMetric("mine"), catalogue.Get("mine"));
        Assert.Equal([.. FullModeMetrics.Catalogue().Names.Append("mine").Order(StringComparer.Ordinal)], catalogue.Names);
    }

    [Theory]
    [InlineData("num_requests")]
    [InlineData("predicted_ttft")]
    [InlineData("mine")]
    public void AddMetric_NameIsTaken_Throws(string name)
    {
        _extensions.FullMode.AddMetric(new NamedMetric("mine"));
        Assert.Contains(
            $"there is a metric '{name}' already",
            Assert.Throws<ArgumentException>(() => _extensions.FullMode.AddMetric(new NamedMetric(name))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("a\nb")]
    public void AddMetric_NameThatNoFlagCanGive_Throws(string name) =>
        Assert.Throws<ArgumentException>(() => _extensions.FullMode.AddMetric(new NamedMetric(name)));

    [Fact]
    public void AddPolicy_BuiltByName_GetsTheAddedMetrics()
    {
        _extensions.FullMode.AddMetric(new NamedMetric("mine")).AddPolicy(new ByMine("by-mine"));
        SchedulingPolicy<FullModeInstance> policy = new FullModePolicies(
            FullModeMetrics.Catalogue(added: _extensions.FullMode.Metrics), added: _extensions.FullMode.Policies).Build("by-mine", new PolicyOptions());
        Assert.Equal([new NamedMetric("mine")], policy.Metrics);
    }

    [Theory]
    [InlineData("slo")]
    [InlineData("by-mine")]
    public void AddPolicy_NameIsTaken_Throws(string name)
    {
        _extensions.FullMode.AddPolicy(new ByMine("by-mine"));
        Assert.Throws<ArgumentException>(() => _extensions.FullMode.AddPolicy(new ByMine(name)));
    }

    /// <summary>The two modes have their own names: lite mode has no slo.</summary>
    [Fact]
    public void AddPolicy_NameOfTheOtherMode_IsFree()
    {
        _extensions.LiteMode.AddPolicy(new LiteSlo());
        Assert.Equal("slo", new LiteModePolicies(new MetricCatalogue<LiteModeInstance>(LiteModeMetrics.All), _extensions.LiteMode.Policies)
            .Build("slo", new PolicyOptions()).Name);
    }

    private sealed record NamedMetric(string Given) : LoadMetric<FullModeInstance>
    {
        public override string Name => Given;

        public override double Evaluate(FullModeInstance instance) => 0;
    }

    private sealed class ByMine(string name) : PolicyBuilder<FullModeInstance>
    {
        public override string Name => name;

        public override SchedulingPolicy<FullModeInstance> Build(MetricCatalogue<FullModeInstance> metrics, PolicyOptions options)
        {
            var role = new RolePolicy<FullModeInstance>([], [], new TopKSelector<FullModeInstance>([metrics.Get("mine")], 1));
            return new SchedulingPolicy<FullModeInstance>(Name, role, role, role);
        }
    }

    private sealed class LiteSlo : PolicyBuilder<LiteModeInstance>
    {
        public override string Name => "slo";

        public override SchedulingPolicy<LiteModeInstance> Build(MetricCatalogue<LiteModeInstance> metrics, PolicyOptions options)
        {
            var role = new RolePolicy<LiteModeInstance>([], [], new RoundRobinSelector<LiteModeInstance>());
            return new SchedulingPolicy<LiteModeInstance>(Name, role, role, role);
        }
    }
}
