using System.Text.Json;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Server.WhatIf;

/// <summary>
/// Which profiling tables describe which instance, as the scheduler's options say. A simulated engine has a label for its class instead of all the metadata that rules may ask for, and
/// the simulated scheduler the same tables chosen by these labels, from a file that is deleted at disposal.
/// </summary>
internal sealed class SimulatedClasses : IDisposable
{
    private const string Label = "what-if-class";
    private readonly ProfileClasses? _classes;
    private readonly DirectoryInfo? _directory;

    private SimulatedClasses(ProfileClasses? classes, DirectoryInfo? directory) => (_classes, _directory) = (classes, directory);

    /// <summary>Whether there are classes, and not one pair of tables for all.</summary>
    internal bool AreSeveral => _directory is not null;

    /// <summary>What the simulated scheduler is told.</summary>
    internal IReadOnlyList<string> Flags => _directory is null ? [] : [$"--latency-profiles={PathIn(_directory)}"];

    /// <summary>Reads the tables.</summary>
    /// <exception cref="ProfilingTableException">A table or the file of classes cannot be used.</exception>
    /// <exception cref="IOException">The file of labels cannot be written.</exception>
    internal static SimulatedClasses Read(ProfileOptions profiles)
    {
        LatencyProfile? fallback = profiles.HasDefault ? ProfilingTables.Read(profiles.TtftPath, profiles.TpotPath, []) : null;
        if (profiles.ClassesPath.Length == 0)
        {
            return new SimulatedClasses(fallback is null ? null : new ProfileClasses([], fallback), null);
        }

        IReadOnlyList<ProfileRuleEntry> entries = ProfileRulesFile.ReadEntries(profiles.ClassesPath);
        IReadOnlyList<ProfileRule> rules = ProfileRulesFile.Read(profiles.ClassesPath, []);
        DirectoryInfo directory = Directory.CreateTempSubdirectory("llumnix-what-if-");
        try
        {
            // JSON is YAML.
            File.WriteAllText(PathIn(directory), JsonSerializer.Serialize(
                new Dictionary<string, IReadOnlyList<SimulatedClass>>
                {
                    [ProfileRulesFile.ClassesKey] = [.. entries.Select(static entry => new SimulatedClass(
                        entry.Name, Path.GetFullPath(entry.TtftPath), Path.GetFullPath(entry.TpotPath), new() { ["labels"] = new() { [Label] = entry.Name } }))],
                },
                WhatIfJsonContext.Default.DictionaryStringIReadOnlyListSimulatedClass));
        }
        catch
        {
            directory.Delete(recursive: true);
            throw;
        }

        return new SimulatedClasses(new ProfileClasses(rules, fallback), directory);
    }

    /// <summary>The class of an instance; null where no tables describe it.</summary>
    /// <param name="metadata">What the instance says of itself; null where that is not known.</param>
    internal ProfileClass? Of(InstanceMetadata? metadata) =>
        (metadata is null ? _classes?.All[^1] : _classes?.Of(metadata)) is { HasTables: true } found ? found : null;

    /// <summary>The labels of an engine of a class.</summary>
    internal string LabelsOf(ProfileClass? of) => of is null || !AreSeveral ? "" : $"{Label}={of.Name}";

    /// <inheritdoc/>
    public void Dispose() => _directory?.Delete(recursive: true);

    private static string PathIn(DirectoryInfo directory) => Path.Combine(directory.FullName, "classes.json");
}
