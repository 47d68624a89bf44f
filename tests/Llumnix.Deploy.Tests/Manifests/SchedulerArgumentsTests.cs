using Llumnix.Adapters.Options;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>The flags in the overlays are flags that there are, and together they make sense.</summary>
public sealed class SchedulerArgumentsTests
{
    public static TheoryData<string> Overlays => Manifests.Overlays.Rows;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Parse_Overlay_HasNeitherErrorsNorWarnings(string overlay)
    {
        SchedulerArguments scheduler = SchedulerArguments.Of(overlay);
        OptionsParseResult<SchedulerOptions> parsed = scheduler.Parse();
        Assert.Empty(OptionsReport.RenderProblems(parsed));
        Assert.Contains(scheduler.Container.Ports, port => port.ContainerPort == parsed.Options.Service.Port);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Variables_Overlay_AreThoseOfOptions(string overlay) => Assert.All(SchedulerArguments.Of(overlay).Container.Env.Where(variable => variable.Name != "POD_IP"), variable =>
        Assert.Contains(SchedulerOptionTable.Instance.Rows, row => SchedulerOptionTable.Instance.ToEnvironmentVariable(row.Name) == variable.Name || row.EnvironmentAliases.Contains(variable.Name)));

    [Theory]
    [InlineData("neutral/full-mode-scheduling", "load-balance", true)]
    [InlineData("neutral/lite-mode-scheduling", "load-balance", false)]
    [InlineData("pd/full-mode-scheduling", "load-balance", true)]
    [InlineData("pd-kvs/full-mode-scheduling/load-balance", "load-balance", true)]
    [InlineData("slo-aware/base", "slo", true)]
    [InlineData("slo-aware/adaptive-pd", "slo", true)]
    [InlineData("etcd-discovery", "load-balance", false)]
    [InlineData("plain-engines", "load-balance", true)]
    [InlineData("emulated", "load-balance", true)]
    [InlineData("high-availability", "load-balance", true)]
    [InlineData("high-availability-plain-engines", "load-balance", true)]
    public void Parse_Overlay_IsWhatItsNameSays(string overlay, string policy, bool isFullMode)
    {
        SchedulerOptions options = SchedulerArguments.Of(overlay).Parse().Options;
        Assert.Equal(policy, options.Mode.Policy);
        Assert.Equal(isFullMode, options.Mode.IsFull);
        Assert.Equal(overlay.StartsWith("pd-kvs", StringComparison.Ordinal), options.CacheAware.IsEnabled);
        Assert.Equal(overlay.EndsWith("adaptive-pd", StringComparison.Ordinal), options is { AdaptivePd.IsEnabled: true, Rescheduling.IsColocated: true });
        Assert.Equal(overlay == "etcd-discovery", options.Discovery.Kind == DiscoveryKind.Etcd);
        Assert.Equal(overlay == "high-availability", options is { HighAvailability.Lease: LeaseStoreKind.Redis, Peers.IsEnabled: true });
        Assert.Equal(overlay == "high-availability-plain-engines", options is { HighAvailability.Lease: LeaseStoreKind.Kubernetes, Peers.IsEnabled: true });
        Assert.Equal(overlay.EndsWith("plain-engines", StringComparison.Ordinal), options is { Mode.IsOverEngineMetrics: true, Discovery.Kind: DiscoveryKind.Kubernetes });
    }
}
