using Llumnix.Adapters.Profiles;
using Llumnix.Cli.Profiling;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Simulate;

/// <summary>
/// The step times of a scenario's engines as files that the scheduler reads: tables of the group that stands for all, and those of each class of groups with a file
/// of rules. What is written is deleted at disposal.
/// </summary>
internal sealed class SchedulerTables : IDisposable
{
    private readonly List<LatencyTables> _written = [];
    private readonly DirectoryInfo? _rules;

    /// <param name="scenario">The scenario.</param>
    /// <param name="latencyOf">Gives the step times of a group.</param>
    internal SchedulerTables(Scenario scenario, Func<EngineGroup, IStepLatencyModel> latencyOf)
    {
        (string ttft, string tpot) = TablesOf(scenario.Fleet[scenario.SchedulerProfileGroup ?? 0], latencyOf);
        Options = new ProfileOptions { TtftPath = ttft, TpotPath = tpot };
        EngineGroup[] classes = [.. scenario.Fleet.Where(static group => group.Class is not null).DistinctBy(static group => group.Class)];
        if (classes.Length == 0)
        {
            return;
        }

        _rules = Directory.CreateTempSubdirectory("llumnix-classes-");
        string path = Path.Combine(_rules.FullName, "classes.yaml");
        ProfileRulesEditor editor = ProfileRulesEditor.Begin(path);
        foreach (EngineGroup group in classes)
        {
            (ttft, tpot) = TablesOf(group, latencyOf);
            editor.Set(group.Class!, ttft, tpot, [("labels.class", group.Class!)]);
        }

        editor.Write();
        Options = Options with { ClassesPath = path };
    }

    /// <summary>Where they are.</summary>
    internal ProfileOptions Options { get; }

    /// <summary>The label of a class's engines.</summary>
    internal static string LabelOf(string name) => $"class={name}";

    public void Dispose()
    {
        _written.ForEach(static tables => tables.Dispose());
        _rules?.Delete(recursive: true);
    }

    private (string Ttft, string Tpot) TablesOf(EngineGroup group, Func<EngineGroup, IStepLatencyModel> latencyOf)
    {
        if (group.HasFiles)
        {
            return (Path.GetFullPath(group.TtftProfile!), Path.GetFullPath(group.TpotProfile!));
        }

        var tables = new LatencyTables(latencyOf(group));
        _written.Add(tables);
        return (tables.TtftPath, tables.TpotPath);
    }
}
