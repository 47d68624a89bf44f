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
    public void Workload_HasABudgetAndANetworkPolicy(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        var budgeted = cluster.Of<V1PodDisruptionBudget>().SelectMany(budget => cluster.Select(budget.Spec.Selector.MatchLabels)).ToList();
        var guarded = cluster.Of<V1NetworkPolicy>().SelectMany(policy => cluster.Select(policy.Spec.PodSelector.MatchLabels)).ToList();
        Assert.All(cluster.Workloads, workload =>
        {
            Assert.Single(budgeted, b => b.Name == workload.Name);
            Assert.Contains(guarded, g => g.Name == workload.Name);
        });
        Assert.All(cluster.Of<V1PodDisruptionBudget>(), budget => Assert.NotEmpty(cluster.Select(budget.Spec.Selector.MatchLabels)));
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
        if (!container.Image.StartsWith("llumnix/", StringComparison.Ordinal))
        {
            // The images of the gateway, the engines and their sidecar are not built here: whoever applies an overlay names theirs.
            Assert.Matches("^[^:]+:[^:]+$", container.Image);
        }

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
            Assert.Equal(overlay == "plain-engines" ? null : ["IPC_LOCK"], own.Capabilities.Add);
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
