using System.Globalization;
using k8s.Models;
using Llumnix.Adapters.Options;
using Llumnix.Deploy.Tests.Documents;
using Llumnix.Deploy.Tests.Secrets;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>The admin port, as docs/operations.md adds it to an overlay.</summary>
public sealed class AdminPortTests
{
    private const string Document = "docs/operations.md";

    /// <summary>The second value is what else the overlay names; the third, whether it has emulated engines.</summary>
    [Theory]
    [InlineData("plain-engines", "", false)]
    [InlineData("emulated", "", true)]
    [InlineData("high-availability", "", true)]
    [InlineData("high-availability-plain-engines", "", false)]
    [InlineData("neutral/full-mode-scheduling", "components: [../components/images, ../components/high-availability]\n", false)]
    public async Task Recipe_TheSchedulerStartsAndThePortIsReached(string shipped, string more, bool isEmulated)
    {
        string hooks = isEmulated ? CodeBlock.YamlWith(Document, "llumnix-scheduler:8005") : "";
        using var overlay = new OwnOverlay($"resources: [../{shipped}]\n{more}{CodeBlock.YamlWith(Document, "--admin-port=8005")}{hooks}");
        RenderedOverlay cluster = RenderedOverlay.Of(await overlay.BuildAsync());
        Workload workload = cluster.Workloads.Single(static known => known.Name == "llumnix-scheduler");
        V1Container scheduler = Assert.Single(workload.Pod.Containers);

        ContainerStart start = ContainerStart.Of(cluster, scheduler, new Dictionary<string, string>());
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [.. start.Arguments], start.Environment.ToDictionary(), SchedulerProgram.KnownNames, static path => throw new FileNotFoundException(null, path));
        Assert.Empty(OptionsReport.RenderProblems(parsed));
        CommandResult validated = await Command.TryAsync(
            "env",
            [
                .. start.Environment.Select(static pair => $"{pair.Key}={pair.Value}"), "dotnet", Path.Combine(AppContext.BaseDirectory, "llumnix.dll"),
                "validate-config", .. start.Arguments,
            ]);
        Assert.EndsWith("valid\n", validated.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning:", validated.Output, StringComparison.Ordinal);

        int port = parsed.Options.Service.AdminPort;
        Assert.Equal(scheduler.Ports.Count, scheduler.Ports.Select(static open => open.ContainerPort).Distinct().Count());
        string name = scheduler.Ports.Single(open => open.ContainerPort == port).Name;
        Assert.Equal(port.ToString(CultureInfo.InvariantCulture), workload.Template.Metadata.Annotations["prometheus.io/port"]);
        V1Service service = cluster.Of<V1Service>().Single(static known => known.Metadata.Name == "llumnix-scheduler");
        Assert.Equal((port, name), service.Spec.Ports.Where(open => open.TargetPort.Value == name).Select(static open => (open.Port, open.TargetPort.Value)).Single());

        V1NetworkPolicyIngressRule[] rules =
        [
            .. cluster.Of<V1NetworkPolicy>().Where(policy => cluster.Select(policy.Spec.PodSelector.MatchLabels).Contains(workload)).SelectMany(static policy => policy.Spec.Ingress ?? [])
                .Where(rule => rule.Ports.Any(open => open.Port.Value == name)),
        ];
        Assert.True(Admits("app", "llumnix-prometheus"));

        // What drains itself before it stops asks at this port, and is let in there.
        string[] drains = [.. cluster.Workloads.SelectMany(static known => known.Pod.Containers)
            .SelectMany(static container => container.Lifecycle?.PreStop?.Exec?.Command ?? []).Where(static word => word.StartsWith("--scheduler=", StringComparison.Ordinal))];
        Assert.Equal(isEmulated, drains.Length > 0);
        Assert.All(drains, word => Assert.Equal($"--scheduler=http://llumnix-scheduler:{port}", word));
        Assert.True(!isEmulated || Admits("llumnix.dev/component", "engine"));

        bool Admits(string label, string value) =>
            rules.Any(rule => rule.FromProperty.Any(peer => peer.PodSelector?.MatchLabels.Contains(KeyValuePair.Create(label, value)) == true));
    }
}
