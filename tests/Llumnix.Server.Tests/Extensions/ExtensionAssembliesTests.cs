using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Llumnix.Adapters.Options;
using Llumnix.Samples.Extension;
using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Extensions;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Tests.Options;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Extensions;

public sealed class ExtensionAssembliesTests
{
    private static readonly string Sample = typeof(SampleExtension).Assembly.Location;

    [Fact]
    public void Parse_Extension_ItsNamesAreKnown()
    {
        OptionsParseResult<SchedulerOptions> parsed = OptionsInput.Parse(
            $"--extension-assemblies={Sample}", "--scheduling-policy=long-prompts-apart", "--dispatch-decode-load-metric=num_running_requests");
        Assert.Empty(parsed.Errors);
    }

    [Fact]
    public void Parse_NoExtension_ItsNamesAreNotKnown()
    {
        OptionsParseResult<SchedulerOptions> parsed = OptionsInput.Parse("--scheduling-policy=long-prompts-apart", "--dispatch-decode-load-metric=num_running_requests");
        Assert.Equal(2, parsed.Errors.Count);
    }

    [Fact]
    public void Parse_WrongNameBesideAnExtension_TheKnownOnesIncludeItsOwn()
    {
        OptionsParseResult<SchedulerOptions> parsed = OptionsInput.Parse($"--extension-assemblies={Sample}", "--scheduling-policy=long-prompt-apart");
        Assert.Contains("the nearest is long-prompts-apart", Assert.Single(parsed.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("there-is-none.dll", "the assembly there-is-none.dll does not exist")]
    [InlineData("\0", "the assembly that it names cannot be loaded: ArgumentException")]
    [InlineData("{text}", "the assembly that it names is no .NET assembly for this platform")]
    [InlineData("{none}", "the assembly {none} has no public class that implements Llumnix.Scheduling.Extensions.ISchedulerExtension and has a constructor without parameters")]
    [InlineData("{sample},{none}", "the assembly {none} has no public class that implements Llumnix.Scheduling.Extensions.ISchedulerExtension and has a constructor without parameters")]
    public void Parse_AssemblyCannotBeUsed_IsTheOnlyErrorAndNamesAPathThatLooksLikeOne(string assemblies, string message)
    {
        string text = Path.GetTempFileName();
        try
        {
            string paths = assemblies.Replace("{text}", text, StringComparison.Ordinal)
                .Replace("{none}", typeof(Readings).Assembly.Location, StringComparison.Ordinal)
                .Replace("{sample}", Sample, StringComparison.Ordinal);
            OptionProblem problem = Assert.Single(OptionsInput.Parse($"--extension-assemblies={paths}", "--scheduling-policy=from-it").Errors);
            Assert.Equal($"--extension-assemblies: {message.Replace("{none}", typeof(Readings).Assembly.Location, StringComparison.Ordinal)}", problem.ToString());
        }
        finally
        {
            File.Delete(text);
        }
    }

    [Fact]
    public void Parse_SeveralAssembliesCannotBeUsed_EachIsNamed() => Assert.Equal(
        ["--extension-assemblies: the assembly /nope.dll does not exist", "--extension-assemblies: assembly 2 that it names is no .NET assembly for this platform"],
        OptionsInput.Parse("--extension-assemblies=/nope.dll,/etc/passwd").Errors.Select(static problem => problem.ToString()));

    [Fact]
    public void Parse_AssemblyBuiltForANewerScheduler_SaysSo()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llumnix-extension-");
        try
        {
            string newer = Path.Combine(folder.FullName, Path.GetFileName(Sample));
            File.WriteAllBytes(newer, WithReferencedVersion(File.ReadAllBytes(Sample), "Llumnix.Scheduling", major: 99));
            Assert.StartsWith(
                $"--extension-assemblies: the assembly {newer} was built for another version of the scheduler: Llumnix.Scheduling, Version=99.",
                Assert.Single(OptionsInput.Parse($"--extension-assemblies={newer}").Errors).ToString(),
                StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Parse_SameAssemblyTwice_ItsSecondNamesAreTaken() => Assert.Equal(
        $"--extension-assemblies: Llumnix.Samples.Extension.SampleExtension of the assembly {Sample} cannot be used: "
        + "ArgumentException: there is a metric 'num_running_requests' already (Parameter 'name')",
        Assert.Single(OptionsInput.Parse($"--extension-assemblies={Sample},{Sample}").Errors).ToString());

    [Fact]
    public void Make_PolicyOfAnExtension_DecidesByIt()
    {
        SchedulerOptions options = OptionsInput.Parse($"--extension-assemblies={Sample}", "--scheduling-policy=long-prompts-apart").Options;
        var scheduler = SchedulerCore.Make(options, new FakeTimeProvider(), NullLogger.Instance).Scheduler;
        scheduler.SetStoreAvailable(true);
        scheduler.Synchronize(
        [
            Readings.Of("a", status: s => s with { RunningRequestCount = 20 }),
            Readings.Of("b", status: s => s with { RunningRequestCount = 1, UncomputedTokensAllWaitingPrefills = 1000 }),
        ]);
        scheduler.Schedule(new PlacementRequest("long", SchedulingMode.Neutral, default, 10_000), out Placement placement);
        Assert.Equal("b", placement.First.Instance.InstanceId);
    }

    [Fact]
    public void Register_ExtensionThrows_SaysWhichAndWhy()
    {
        ExtensionException exception = Assert.Throws<ExtensionException>(
            () => ExtensionAssemblies.Register([typeof(Failing)], new SchedulerExtensions(), "it"));
        Assert.Equal($"{typeof(Failing).FullName} of it cannot be used: InvalidOperationException: no licence", exception.Message);
    }

    [Fact]
    public void Build_PolicyThrows_SaysWhichAndWhy()
    {
        ExtensionSet<FullModeInstance> extensions = new SchedulerExtensions().FullMode.AddPolicy<Unbuildable>();
        var policies = new FullModePolicies(FullModeMetrics.Catalogue(), added: extensions.Policies);
        ExtensionException exception = Assert.Throws<ExtensionException>(
            () => ExtensionPolicies.Build(policies, extensions, new SchedulerOptions { Mode = new ModeOptions { Policy = "unbuildable" } }));
        Assert.Equal("the policy unbuildable cannot be built: NotSupportedException: not here", exception.Message);
    }

    /// <summary>An assembly that asks for another major version of one that it references.</summary>
    private static byte[] WithReferencedVersion(byte[] assembly, string referenced, byte major)
    {
        using var file = new PEReader([.. assembly]);
        MetadataReader metadata = file.GetMetadataReader();
        AssemblyReferenceHandle handle = metadata.AssemblyReferences.Single(
            reference => metadata.GetString(metadata.GetAssemblyReference(reference).Name) == referenced);
        // A row of the table begins with the version.
        int row = file.PEHeaders.MetadataStartOffset + metadata.GetTableMetadataOffset(TableIndex.AssemblyRef)
            + ((MetadataTokens.GetRowNumber(handle) - 1) * metadata.GetTableRowSize(TableIndex.AssemblyRef));
        assembly[row] = major;
        return assembly;
    }

    private sealed class Failing : ISchedulerExtension
    {
        public void Register(SchedulerExtensions extensions) => throw new InvalidOperationException("no licence");
    }

    private sealed class Unbuildable : PolicyBuilder<FullModeInstance>
    {
        public override string Name => "unbuildable";

        public override SchedulingPolicy<FullModeInstance> Build(MetricCatalogue<FullModeInstance> metrics, PolicyOptions options) =>
            throw new NotSupportedException("not here");
    }
}
