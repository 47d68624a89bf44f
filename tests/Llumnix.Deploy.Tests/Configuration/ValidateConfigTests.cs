using k8s.Models;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Configuration;

/// <summary><c>llumnix validate-config</c> over the schedulers of the overlays, as a program of its own.</summary>
public sealed class ValidateConfigTests
{
    public static TheoryData<string> Overlays => Manifests.Overlays.Rows;

    [Theory]
    [MemberData(nameof(Overlays))]
    public async Task ValidateConfig_Overlay_IsValid(string overlay)
    {
        using var folder = new TemporaryFolder();
        SchedulerArguments scheduler = SchedulerArguments.Of(overlay);
        string[] arguments = [.. scheduler.Container.Args.Select(argument => Mounted(argument, scheduler, folder.Root))];
        CommandResult result = await Command.TryAsync(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "llumnix.dll"), "validate-config", .. arguments]);
        Assert.EndsWith("valid\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning:", result.Output, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task ValidateConfig_Broken_EndsWithTwo()
    {
        CommandResult result = await Command.TryAsync(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "llumnix.dll"), "validate-config", "--prot=1", "--scheduling-policy=fast"]);
        Assert.Equal(2, result.ExitCode);
        Assert.EndsWith("2 errors: the scheduler would not start\n", result.Output, StringComparison.Ordinal);
    }

    /// <summary>Writes the file of a config map that an argument names, as the kubelet would, and names it instead.</summary>
    private static string Mounted(string argument, SchedulerArguments scheduler, string folder)
    {
        V1VolumeMount? mount = scheduler.Container.VolumeMounts?.SingleOrDefault(m => argument.Contains('=' + m.MountPath + '/', StringComparison.Ordinal));
        if (mount is null)
        {
            return argument;
        }

        int slash = argument.LastIndexOf('/');
        string name = argument[(slash + 1)..];
        string path = Path.Combine(folder, name);
        string map = scheduler.Overlay.Workloads.SelectMany(workload => workload.Pod.Volumes ?? []).First(volume => volume.Name == mount.Name).ConfigMap.Name;
        File.WriteAllText(path, scheduler.Overlay.Of<V1ConfigMap>().Single(known => known.Metadata.Name == map).Data[name]);
        return argument[..(argument.IndexOf('=', StringComparison.Ordinal) + 1)] + path;
    }
}
