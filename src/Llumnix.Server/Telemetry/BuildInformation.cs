using System.Runtime.InteropServices;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>The gauge that tells which build a process is.</summary>
internal static class BuildInformation
{
    /// <summary>Adds <c>llumnix_build_info</c>, which is always 1.</summary>
    internal static void AddTo(IMetricFactory factory)
    {
        factory.CreateGauge(
            "llumnix_build_info",
            "Always 1; the labels tell the version of the build, its source revision where it was built from a repository, and the runtime.",
            ["version", "revision", "runtime"])
            .WithLabels(BuildVersion.Version, BuildVersion.Revision, RuntimeInformation.FrameworkDescription)
            .Set(1);
    }
}
