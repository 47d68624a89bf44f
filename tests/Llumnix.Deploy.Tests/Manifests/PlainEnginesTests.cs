using k8s.Models;
using Llumnix.Server.Options;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>The overlay in which scheduler and gateway find their engines as pods.</summary>
public sealed class PlainEnginesTests
{
    private const string Overlay = "plain-engines";

    private readonly RenderedOverlay _cluster = RenderedOverlay.Load(Overlay);

    [Fact]
    public void Selector_OfSchedulerAndGateway_TakesTheEnginesAlone()
    {
        SchedulerOptions options = SchedulerArguments.Of(Overlay).Parse().Options;
        string[] label = options.Discovery.Kubernetes.Selector.Split('=');

        Workload engines = Assert.Single(_cluster.Select([KeyValuePair.Create(label[0], label[1])]));
        Assert.Equal("llumnix-vllm", engines.Name);
        Assert.True(engines.HasPort(engines.Template.Metadata.Annotations["llumnix.dev/port"]));
        V1Container gateway = _cluster.Workloads.Single(workload => workload.Name == "llumnix-gateway").Pod.Containers.Single();
        Assert.Contains("--llm-backend-discovery=kubernetes", gateway.Args);
        Assert.Contains($"--discovery-kubernetes-selector={options.Discovery.Kubernetes.Selector}", gateway.Args);
    }

    [Fact]
    public void Role_OfSchedulerAndGateway_IsToListAndWatchPods()
    {
        V1RoleBinding binding = _cluster.Of<V1RoleBinding>().Single(b => b.Metadata.Name == "llumnix-engine-discovery");
        V1PolicyRule rule = Assert.Single(_cluster.Of<V1Role>().Single(role => role.Metadata.Name == binding.RoleRef.Name).Rules);

        Assert.Equal(["llumnix-scheduler", "llumnix-gateway"], binding.Subjects.Select(subject => subject.Name));
        Assert.Equal([""], rule.ApiGroups);
        Assert.Equal(["pods"], rule.Resources);
        Assert.Equal(["list", "watch"], rule.Verbs);
        Assert.Empty(_cluster.Of<V1ClusterRole>());
    }

    /// <summary>The scheduler's own policy lets it reach pods and DNS alone.</summary>
    [Fact]
    public void NetworkPolicy_OfTheScheduler_LetsItReachTheApiServer() => Assert.Contains(
        _cluster.Of<V1NetworkPolicy>()
            .Where(policy => policy.Spec.PodSelector.MatchLabels.Contains(KeyValuePair.Create("app", "llumnix-scheduler")))
            .SelectMany(policy => policy.Spec.Egress),
        rule => rule.To is null && rule.Ports.Any(port => port.Port.Value == "6443"));

    /// <summary>Engines of one's own have any port, under any name.</summary>
    [Fact]
    public void NetworkPolicy_OfTheEngines_AdmitsAtAnyPort()
    {
        V1NetworkPolicyIngressRule rule = Assert.Single(_cluster.Of<V1NetworkPolicy>().Single(static policy => policy.Metadata.Name == "llumnix-engines").Spec.Ingress);
        Assert.Null(rule.Ports);
        Assert.Equal(
            ["llumnix.dev/component=gateway", "app=llumnix-scheduler", "app=llumnix-prometheus", "llumnix.dev/monitoring=true"],
            rule.FromProperty.Select(static peer => Assert.Single((peer.PodSelector ?? peer.NamespaceSelector).MatchLabels)).Select(static label => $"{label.Key}={label.Value}"));
    }
}
