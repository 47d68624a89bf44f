using Llumnix.Adapters.Options;
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

    /// <summary>Its variables that have a value of their own.</summary>
    public Dictionary<string, string> Environment => (Container.Env ?? []).Where(e => e.Value is not null).ToDictionary(e => e.Name, e => e.Value);

    /// <summary>Reads it by the table of options.</summary>
    public OptionsParseResult<SchedulerOptions> Parse() => SchedulerOptionsParser.Parse(
        [.. Container.Args], Environment, SchedulerProgram.KnownNames, static path => throw new FileNotFoundException(null, path));
}
