using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Llumnix.Scheduling;

namespace Llumnix.Cli.Tests.Architecture;

/// <summary>The namespaces of the core lie in layers: one uses only namespaces of the layers below its own. ARCHITECTURE.md draws them.</summary>
public sealed class LayersTests
{
    private const string Core = "Llumnix.Scheduling";

    /// <summary>From the lowest to the highest. Namespaces of one layer do not use each other; a namespace includes the ones below it.</summary>
    private static readonly string[][] Layers =
    [
        ["Collections", "Profiles", "StepTimes"],
        ["Calibration"],
        ["Instances"],
        ["Health", "PrefixCache", "Replication"],
        ["Requests"],
        ["Explanations", "Prediction"],
        ["Pipeline"],
        ["Metrics"],
        ["Filters", "Selectors", "Rescheduling"],
        ["Slo"],
        ["AdaptivePd"],
        ["Policies", "Dispatch", "RequestStates"],
        ["Recording"],
        ["Decisions", "Extensions"],
        ["Draining"],
        ["FullMode", "LiteMode"],
        [""],
    ];

    [Fact]
    public void Core_Namespaces_UseOnlyLowerLayers()
    {
        ArchUnitNET.Domain.Architecture core = new ArchLoader().LoadAssembly(typeof(FullModeScheduler).Assembly).Build();
        IEnumerable<string> wrong =
            from type in core.Types
            let user = PartOf(type)
            where user is not null
            from dependency in type.Dependencies
            where dependency.Target is not GenericParameter
            let used = PartOf(dependency.Target)
            where used is not null && used != user && LayerOf(used) >= LayerOf(user)
            select $"{user} uses {used}: {type.Name} uses {dependency.Target.Name}";
        Assert.Equal("", string.Join("\n", wrong.Distinct().Order()));
    }

    [Fact]
    public void Core_EveryNamespace_HasALayer()
    {
        ArchUnitNET.Domain.Architecture core = new ArchLoader().LoadAssembly(typeof(FullModeScheduler).Assembly).Build();
        string[] parts = [.. core.Types.Select(PartOf).OfType<string>().Distinct().Order()];
        Assert.Equal(Layers.SelectMany(static layer => layer).Order(), parts);
    }

    private static int LayerOf(string part) => Array.FindIndex(Layers, layer => layer.Contains(part));

    /// <summary>The namespace without the core's name, up to its first dot; null for types of others.</summary>
    private static string? PartOf(IType type)
    {
        string name = type.Namespace.FullName;
        return name == Core ? ""
            : name.StartsWith(Core + ".", StringComparison.Ordinal) ? name[(Core.Length + 1)..].Split('.')[0]
            : null;
    }
}
