using System.Globalization;

namespace Llumnix.Cli.Demo;

/// <summary>Tells what is wrong with engines of a demo by intention.</summary>
internal static class DemoFaults
{
    /// <summary>A sentence for each fault, of all runs alike.</summary>
    internal static IReadOnlyList<string> Of(DemoSettings settings) => Of(settings, "in each run", static engine => $"Engine {engine + 1}");

    /// <summary>A sentence for each fault of each run, with the ids that engines have in its charts.</summary>
    internal static IReadOnlyList<string> Of(DemoSettings settings, IEnumerable<(string Name, DemoRun Run)> runs) =>
    [
        .. runs.SelectMany(run => Of(settings, $"with {run.Name}", engine =>
            engine < run.Run.EngineIds.Count ? $"Engine {engine + 1} ({run.Run.EngineIds[engine]})" : $"Engine {engine + 1}")),
    ];

    private static List<string> Of(DemoSettings settings, string run, Func<int, string> name)
    {
        List<string> sentences = [];
        if (settings.SlowEngine is { } slow)
        {
            sentences.Add($"{name(slow)} is half as fast as the others {run}.");
        }

        if (settings.KillEngineAfter is { } after)
        {
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"{name(0)} crashes {after.TotalSeconds:0.##} s after the start {run}, and stays away."));
        }

        return sentences;
    }
}
