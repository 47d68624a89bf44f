using k8s.Models;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>What every overlay must have, read by the API's own types.</summary>
public sealed class ManifestTests
{
    /// <summary>Takes GPUs, locks memory, and its image runs as root.</summary>
    private const string Engine = "vllm";

    /// <summary>Beside an engine, serves nothing.</summary>
    private const string Sidecar = "discovery";

    public static TheoryData<string> Overlays => Manifests.Overlays.Rows;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Workload_Selectors_MatchItsPods(string overlay) => Assert.All(RenderedOverlay.Load(overlay).Workloads, workload =>
    {
        Assert.NotEmpty(workload.Selector.MatchLabels);
        Assert.All(workload.Selector.MatchLabels, label => Assert.Equal(label.Value, workload.PodLabels[label.Key]));
        Assert.Equal("llumnix", workload.PodLabels["app.kubernetes.io/part-of"]);
    });

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Workload_HasANetworkPolicy(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        var guarded = cluster.Of<V1NetworkPolicy>().SelectMany(policy => cluster.Select(policy.Spec.PodSelector.MatchLabels)).ToList();
        Assert.All(cluster.Workloads, workload => Assert.Contains(guarded, g => g.Name == workload.Name));
    }

    /// <summary>With one pod a budget either protects nothing or never lets a node be drained.</summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public void Budget_IsThereForSeveralPods_AndKeepsAllButOne(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        ILookup<string, V1PodDisruptionBudget> budgets = cluster.Of<V1PodDisruptionBudget>()
            .SelectMany(budget => cluster.Select(budget.Spec.Selector.MatchLabels), (budget, workload) => (budget, workload.Name))
            .ToLookup(pair => pair.Name, pair => pair.budget);
        Assert.Equal(cluster.Of<V1PodDisruptionBudget>().Count(), budgets.Count);
        Assert.All(cluster.Workloads, workload =>
        {
            if (workload.Replicas == 1)
            {
                Assert.Empty(budgets[workload.Name]);
                return;
            }

            Assert.Equal("1", Assert.Single(budgets[workload.Name]).Spec.MaxUnavailable.Value);
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Pods_OfOneWorkload_GoToSeveralNodes(string overlay) => Assert.All(RenderedOverlay.Load(overlay).Workloads.Where(workload => workload.Replicas > 1), workload =>
    {
        IEnumerable<(string Topology, V1LabelSelector Selector)> spread = (workload.Pod.TopologySpreadConstraints ?? [])
            .Select(constraint => (constraint.TopologyKey, constraint.LabelSelector))
            .Concat((workload.Pod.Affinity?.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution ?? [])
                .Select(term => (term.PodAffinityTerm.TopologyKey, term.PodAffinityTerm.LabelSelector)));
        (string topology, V1LabelSelector selector) = Assert.Single(spread);
        Assert.Equal("kubernetes.io/hostname", topology);
        Assert.Equal(workload.Selector.MatchLabels, selector.MatchLabels);
    });

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Pod_ThatTakesAGpu_ToleratesTheTaintOfItsNodes(string overlay) => Assert.All(RenderedOverlay.Load(overlay).Workloads, workload =>
        Assert.Equal(
            workload.Pod.Containers.Any(container => container.Resources.Limits.ContainsKey("nvidia.com/gpu")),
            (workload.Pod.Tolerations ?? []).Any(toleration => toleration is { Key: "nvidia.com/gpu", OperatorProperty: "Exists", Effect: "NoSchedule" })));

    /// <summary>So that an overlay can be applied beside a deployment of the existing Llumnix, whose names have no prefix.</summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public void Names_OfObjectsAndPods_AreOfOurOwn(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        Assert.All(cluster.Objects, resource => Assert.StartsWith("llumnix-", resource.Metadata.Name, StringComparison.Ordinal));
        Assert.All(cluster.Workloads, workload => Assert.Equal(workload.Name, workload.PodLabels["app"]));
        IEnumerable<IDictionary<string, string>> selectors = cluster.Of<V1Service>().Select(service => service.Spec.Selector)
            .Concat(cluster.Of<V1NetworkPolicy>().Select(policy => policy.Spec.PodSelector.MatchLabels))
            .Concat(cluster.Of<V1PodDisruptionBudget>().Select(budget => budget.Spec.Selector.MatchLabels));
        Assert.All(selectors, selector => Assert.All(selector, label =>
            Assert.True(label.Value.StartsWith("llumnix", StringComparison.Ordinal) || label.Key.StartsWith("llumnix.dev/", StringComparison.Ordinal), $"{label}")));
    }

    /// <summary>What asks to be scraped lets in the Prometheus beside it and that of a namespace with the label.</summary>
    [Theory]
    [MemberData(nameof(Overlays))]
    public void NetworkPolicy_OfAScrapedPod_AdmitsPrometheusOfAnyNamespace(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        Assert.All(cluster.Workloads.Where(workload => workload.Template.Metadata.Annotations?.ContainsKey("prometheus.io/scrape") == true), workload =>
        {
            string port = workload.Template.Metadata.Annotations["prometheus.io/port"];
            IEnumerable<V1NetworkPolicyIngressRule> rules = cluster.Of<V1NetworkPolicy>()
                .Where(policy => policy.Spec.PolicyTypes.Contains("Ingress") && cluster.Select(policy.Spec.PodSelector.MatchLabels).Any(guarded => guarded.Name == workload.Name))
                .SelectMany(policy => policy.Spec.Ingress);
            Assert.Contains(rules, rule => Reaches(rule, port) && (rule.FromProperty is null || rule.FromProperty.Any(peer => peer.PodSelector?.MatchLabels.Contains(KeyValuePair.Create("app", "llumnix-prometheus")) == true)));
            Assert.Contains(rules, rule => Reaches(rule, port)
                && (rule.FromProperty is null || rule.FromProperty.Any(peer => peer.PodSelector is null && peer.NamespaceSelector?.MatchLabels.Contains(KeyValuePair.Create("llumnix.dev/monitoring", "true")) == true)));

            bool Reaches(V1NetworkPolicyIngressRule rule, string number) => rule.Ports is null || rule.Ports.Any(open => workload.Pod.Containers
                .SelectMany(container => container.Ports ?? []).Any(named => named.Name == open.Port.Value && named.ContainerPort.ToString(System.Globalization.CultureInfo.InvariantCulture) == number));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void NetworkPolicy_NamesPodsAndPortsThatExist(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        Assert.All(cluster.Of<V1NetworkPolicy>(), policy =>
        {
            IReadOnlyList<Workload> guarded = cluster.Select(policy.Spec.PodSelector.MatchLabels);
            Assert.NotEmpty(guarded);
            Assert.Contains(policy.Spec.Egress is null ? "Ingress" : "Egress", policy.Spec.PolicyTypes);
            Assert.All((policy.Spec.Ingress ?? []).SelectMany(rule => rule.Ports ?? []), port =>
                Assert.All(guarded, workload => Assert.True(workload.HasPort(port.Port.Value), $"{workload.Name} has no port {port.Port.Value}")));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Service_SelectsPodsThatHaveItsPorts(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        Assert.All(cluster.Of<V1Service>(), service =>
        {
            IReadOnlyList<Workload> behind = cluster.Select(service.Spec.Selector);
            Assert.NotEmpty(behind);
            Assert.All(service.Spec.Ports, port => Assert.All(behind, workload =>
                Assert.True(workload.HasPort(port.TargetPort.Value), $"{workload.Name} has no port {port.TargetPort.Value}")));
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Container_HasProbesResourcesAndAnImageWithATag(string overlay) => Assert.All(Containers(overlay), pair =>
    {
        (Workload workload, V1Container container) = pair;
        Assert.NotNull(container.Resources.Requests["cpu"]);
        Assert.NotNull(container.Resources.Requests["memory"]);
        Assert.NotNull(container.Resources.Limits["memory"]);
        Assert.Matches("^[^:]+:[^:]+$", container.Image);

        if (container.Name == Sidecar)
        {
            return;
        }

        foreach (V1Probe probe in new[] { container.LivenessProbe, container.ReadinessProbe, container.StartupProbe ?? container.LivenessProbe })
        {
            string? port = probe.HttpGet?.Port.Value ?? probe.TcpSocket?.Port.Value;
            Assert.True(probe.Exec is not null || workload.HasPort(port!), $"{container.Name} is probed at {port}");
        }
    });

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Container_HasNoRightsThatItDoesNotNeed(string overlay) => Assert.All(Containers(overlay), pair =>
    {
        (Workload workload, V1Container container) = pair;
        bool hasRole = RenderedOverlay.Load(overlay).Of<V1RoleBinding>()
            .Any(binding => binding.Subjects.Any(subject => subject.Name == workload.Pod.ServiceAccountName));
        V1PodSecurityContext pod = workload.Pod.SecurityContext;
        V1SecurityContext own = container.SecurityContext;
        Assert.Equal("RuntimeDefault", pod.SeccompProfile.Type);
        Assert.False(own.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], own.Capabilities.Drop);
        Assert.False(workload.Pod.EnableServiceLinks);
        Assert.Equal(hasRole, workload.Pod.AutomountServiceAccountToken ?? true);
        if (container.Name == Engine)
        {
            // Without KV transfers there is nothing to lock.
            Assert.Equal(overlay.EndsWith("plain-engines", StringComparison.Ordinal) ? null : ["IPC_LOCK"], own.Capabilities.Add);
            return;
        }

        Assert.Null(own.Capabilities.Add);
        Assert.True(own.ReadOnlyRootFilesystem);
        Assert.True(own.RunAsNonRoot ?? pod.RunAsNonRoot);
        Assert.True((own.RunAsUser ?? pod.RunAsUser) > 0);
    });

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Pod_RefersToWhatIsThere(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        Assert.All(cluster.Workloads, workload =>
        {
            IList<V1Volume> volumes = workload.Pod.Volumes ?? [];
            IEnumerable<string> claimed = cluster.Of<V1StatefulSet>()
                .Where(set => set.Metadata.Name == workload.Name)
                .SelectMany(set => set.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name));
            Assert.All(workload.Pod.Containers.SelectMany(c => c.VolumeMounts ?? []), mount =>
                Assert.Contains(mount.Name, volumes.Select(v => v.Name).Concat(claimed)));
            Assert.All(volumes.Where(v => v.ConfigMap is not null), volume =>
                Assert.Contains(cluster.Of<V1ConfigMap>(), map => map.Metadata.Name == volume.ConfigMap.Name));
            Assert.All(volumes.Where(v => v.PersistentVolumeClaim is not null), volume =>
                Assert.Contains(cluster.Of<V1PersistentVolumeClaim>(), claim => claim.Metadata.Name == volume.PersistentVolumeClaim.ClaimName));
            Assert.All(workload.Pod.Containers.SelectMany(c => c.Env ?? []).Where(e => e.ValueFrom?.SecretKeyRef is not null), variable =>
                Assert.True(variable.ValueFrom.SecretKeyRef.Optional));
            if (workload.Pod.ServiceAccountName is { } account)
            {
                Assert.Contains(cluster.Of<V1ServiceAccount>(), a => a.Metadata.Name == account);
            }
        });
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void ConfigMaps_FitIntoAnObject(string overlay) => Assert.All(
        RenderedOverlay.Load(overlay).Of<V1ConfigMap>(), map => Assert.InRange(map.Data.Sum(pair => pair.Key.Length + pair.Value.Length), 1, 200_000));

    [Fact]
    public void SchedulerProbes_UseHealthAndReadiness()
    {
        V1Container scheduler = Containers("base").Single(pair => pair.Container.Name == "scheduler").Container;
        Assert.Equal("/healthz", scheduler.LivenessProbe.HttpGet.Path);
        Assert.Equal("/healthz", scheduler.StartupProbe.HttpGet.Path);
        Assert.Equal("/readyz", scheduler.ReadinessProbe.HttpGet.Path);
        // A store that is away must not take the scheduler out before its view is stale.
        int tolerated = (scheduler.ReadinessProbe.PeriodSeconds ?? 10) * (scheduler.ReadinessProbe.FailureThreshold ?? 3);
        Assert.Equal(new Llumnix.Scheduling.Health.FailoverOptions().InstanceStaleness, TimeSpan.FromSeconds(tolerated));
    }

    private static IEnumerable<(Workload Workload, V1Container Container)> Containers(string overlay) =>
        RenderedOverlay.Load(overlay).Workloads.SelectMany(workload => workload.Pod.Containers, (workload, container) => (workload, container));
}
