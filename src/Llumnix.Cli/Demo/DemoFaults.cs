using System.Globalization;

namespace Llumnix.Cli.Demo;

/// <summary>Tells what is wrong with engines of a demo by intention.</summary>
internal static class DemoFaults
{
    /// <summary>A sentence for each fault, of all runs alike.</summary>
    internal static IReadOnlyList<string> Of(DemoSettings settings) => Of(settings, "in each run");

    /// <summary>A sentence for each fault of each run.</summary>
    internal static IReadOnlyList<string> Of(DemoSettings settings, IEnumerable<string> runs) => [.. runs.SelectMany(run => Of(settings, $"with {run}"))];

    private static List<string> Of(DemoSettings settings, string run)
    {
        List<string> sentences = [];
        if (settings.SlowEngine is { } slow)
        {
            sentences.Add($"{settings.NameOf(slow)} is half as fast as the others {run}.");
        }

        if (settings.KillEngineAfter is { } after)
        {
            sentences.Add(string.Create(CultureInfo.InvariantCulture, $"{settings.NameOf(0)} crashes {after.TotalSeconds:0.##} s after the start {run}, and stays away."));
        }

        return sentences;
    }
}
