using Llumnix.Adapters.Options;
using Llumnix.Deploy.Tests.Secrets;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using k8s.Models;

namespace Llumnix.Deploy.Tests.Manifests;

/// <summary>How an overlay starts the scheduler.</summary>
internal sealed record SchedulerArguments(RenderedOverlay Overlay, V1Container Container)
{
    public static SchedulerArguments Of(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        return new SchedulerArguments(
            cluster, Assert.Single(cluster.Workloads.SelectMany(w => w.Pod.Containers), c => c.Command is ["/usr/local/bin/scheduler"]));
    }

    /// <summary>Its variables, without those of secrets.</summary>
    public Dictionary<string, string> Environment => ContainerStart.Of(Overlay, Container, new Dictionary<string, string>()).Environment.ToDictionary();

    /// <summary>Reads it by the table of options.</summary>
    public OptionsParseResult<SchedulerOptions> Parse() => SchedulerOptionsParser.Parse(
        [.. Container.Args], Environment, SchedulerProgram.KnownNames, static path => throw new FileNotFoundException(null, path));
}
